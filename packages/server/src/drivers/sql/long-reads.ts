import type { Database } from 'bun:sqlite'
import type { PersonalRecords } from '../../ports/personal-records.ts'
import type { Now } from './now.ts'
import { preparePersonalMessages } from './reads/personal-messages.ts'
import { preparePersonalParts } from './reads/personal-parts.ts'
import type { TextSeal } from './text-seal.ts'

/** The reads that are too long for the thread that writes, each by its name. */
export interface LongReads {
  page: Now<PersonalRecords['page']>
  messages: Now<PersonalRecords['messages']>
}

export const prepareLongReads = (database: Database, texts: TextSeal): LongReads => ({
  page: preparePersonalParts(database, texts),
  messages: preparePersonalMessages(database, texts),
})
