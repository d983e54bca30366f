import { openLoggedWorld } from '../../../test/logged-world.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'

eventLogContract(async () => {
  const stack = new AsyncDisposableStack()
  const { world, openLog } = await openLoggedWorld(stack)
  const close = { [Symbol.asyncDispose]: () => stack.disposeAsync() }
  return { world, here: stack.use(openLog()), there: stack.use(openLog()), ...close }
})
