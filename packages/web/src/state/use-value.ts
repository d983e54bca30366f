import type { Value } from '@confab/client/value'
import { useSyncExternalStore } from 'react'

/** The one way in which a component reads the SDK's state. */
export const useValue = <T>(value: Value<T>): T => useSyncExternalStore(value.subscribe, value.get)
