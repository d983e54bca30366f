/**
 * What several processes measure, as one text: each number under the label `process`, so that a scrape of the
 * port that they share is whole, whichever of them answers it. Nothing is summed: of what all of them read in
 * one place (jobs that wait) the sum would be wrong.
 */
export function mergeMetrics(texts: ReadonlyMap<string, string>): string {
  /** By the name of what is measured: its two lines of description, then the numbers of every process. */
  const families = new Map<string, string[]>()
  for (const [process, text] of texts) {
    const known = new Set(families.keys())
    let lines: string[] = []
    for (const line of text.split('\n')) {
      const [, described] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? []
      if (described !== undefined) {
        lines = families.get(described) ?? []
        families.set(described, lines)
        if (!known.has(described)) lines.push(line)
      } else if (line !== '') lines.push(labelled(line, process))
    }
  }
  return `${[...families.values()].flat().join('\n')}\n`
}

/** `name 1` and `name{label="a"} 1`, each with one label more. */
function labelled(line: string, process: string): string {
  const end = line.search(/[{ ]/)
  const [name, rest] = [line.slice(0, end), line.slice(end)]
  const label = `process="${process}"`
  return rest.startsWith('{') ? `${name}{${label},${rest.slice(1)}` : `${name}{${label}}${rest}`
}
