/** A preview shows no more than this, and needs no more in the page. */
const previewChars = 140

/** The beginning of a text, its line breaks as spaces. */
export const onOneLine = (text: string): string =>
  text.slice(0, previewChars).replace(/\s+/g, ' ').toWellFormed()
