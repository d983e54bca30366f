import { plugin } from 'bun'

/**
 * Loaded before the program (`BUN_OPTIONS=--preload …`), it makes the store as slow as one over a network:
 * up to 4 ms before each call and after it. SQLite in the process answers before anything else can happen,
 * so that without this no test would see what comes between two reads.
 */
plugin({
  name: 'slow store',
  setup(build) {
    build.onLoad({ filter: /\/drivers\/sql\/sqlite-store\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: `
        import { openSqliteStore as open } from ${JSON.stringify(`${path}?as-it-is`)}
        import { slowed } from ${JSON.stringify(import.meta.path)}
        export const openSqliteStore = async (options) => slowed(await open(options))`,
    }))
  },
})

const delayMsMax = 4
const delay = () => Bun.sleep(Math.random() * delayMsMax)

export function slowed<Store extends object>(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || typeof name === 'symbol') return member
      return async (...params: unknown[]) => {
        await delay()
        const answer: unknown = await Reflect.apply(member, target, params)
        await delay()
        return answer
      }
    },
  })
}
