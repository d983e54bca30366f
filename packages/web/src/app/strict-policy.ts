// zod compiles its parsers with `new Function` unless told not to, and the page's content security policy
// forbids that. It looks when a schema is made. Not by `z.config`: which part of the program makes the first
// schema changes with how the build cuts it, and this, where zod keeps its settings, is there before all.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
