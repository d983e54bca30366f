/** The same object without the fields that are undefined: what was really given. */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Given<Fields>
}

type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> }
