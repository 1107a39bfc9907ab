export type Cell = string | number

const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Columns as wide as they must be; whole numbers, to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell)))
  const widths = head.map((name, i) => Math.max(name.length, ...texts.map((row) => row[i]!.length)))
  const isNumber = head.map((_, i) => typeof rows[0]?.[i] === 'number')
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => (isNumber[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(head), ...texts.map(line)].join('\n')
}
