import { z } from 'zod'

// zod compiles its parsers with `new Function` unless told not to, and the page's content security
// policy forbids that. It looks when a schema is made, so this is imported before any that makes one.
z.config({ jitless: true })
