import { actingContract } from './store-contract/acting.contract.ts'
import { administeringContract } from './store-contract/administering.contract.ts'
import { appendingContract } from './store-contract/appending.contract.ts'
import { blockingContract } from './store-contract/blocking.contract.ts'
import { expiringContract } from './store-contract/expiring.contract.ts'
import { foldingContract } from './store-contract/folding.contract.ts'
import { membershipContract } from './store-contract/membership.contract.ts'
import { peopleContract } from './store-contract/people.contract.ts'
import {
  conversationPermissionsContract,
  permissionsContract,
} from './store-contract/permissions.contract.ts'
import { readingContract } from './store-contract/reading.contract.ts'
import type { OpenStore } from './store-contract/world.contract.ts'

/**
 * The suite that every store passes (rules in docs/spec/store.md). `open` brings a store on empty data of
 * its own, with `limits.receiptMembers` at 100; `reopen` closes it as a stopped server would and opens
 * the same data again.
 */
export function storeContract(open: OpenStore) {
  textsContract(open)
  membershipContract(open)
  permissionsContract(open)
  conversationPermissionsContract(open)
  readingContract(open)
  blockingContract(open)
  administeringContract(open)
  expiringContract(open)
}

/**
 * The part of it in which what people say is written and read: for a store that is otherwise the same, and
 * keeps that in another form.
 */
export function textsContract(open: OpenStore) {
  appendingContract(open)
  actingContract(open)
  peopleContract(open)
  foldingContract(open)
}
