/** A commit that was ended because it took too long, as one does for which somebody holds the rows. */
export class TookTooLong extends Error {
  override name = 'TookTooLong'
}
