/** It will not be told to the server any more: the copy that it was about is gone, or the chat is closed. */
export class Dropped extends Error {
  override readonly name = 'Dropped'
}
