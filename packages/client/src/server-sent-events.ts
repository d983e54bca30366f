export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) from text however it is cut, as far as the contract uses
 * them: `event` and `data`, several lines of which belong together;
 * comments and other fields are passed over.
 */
export function eventReader(take: (event: ServerSentEvent) => void): (text: string) => void {
  let rest = ''
  let event = ''
  let data: string[] = []
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) take({ event: event || 'message', data: data.join('\n') })
      event = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'data') data.push(value)
  }
  return (text) => {
    const lines = `${rest}${text}`.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const one of lines) line(one)
  }
}
