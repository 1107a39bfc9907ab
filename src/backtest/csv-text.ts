/** One line of values; `null` is empty. */
export type CsvRow = readonly (string | number | boolean | null)[]

const quoted = (value: CsvRow[number]): string => {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A file of comma-separated values with a header (RFC 4180, but for its line ends). */
export const csvText = (header: readonly string[], rows: Iterable<CsvRow>): string =>
  [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
