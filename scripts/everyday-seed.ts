import fc from 'fast-check'

/**
 * Loaded before the tests of `npm test`: what fast-check generates is the same each time there, so that a
 * run fails by what was changed, and not by chance. `bun test` by hand, and the commands that make thousands
 * of runs, begin anywhere. A test that is given a seed keeps it.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 4 })
