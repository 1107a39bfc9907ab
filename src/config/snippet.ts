import { maskText } from './secret.ts'

/** The line, the one before it, and a mark under the column; line and column count from 1. */
export function snippet(text: string, line: number, column: number): string {
  const lines = text.split(/\r?\n/)
  const width = String(line).length
  const shown: string[] = []
  for (let each = Math.max(1, line - 1); each <= Math.min(line, lines.length); each++) {
    shown.push(`${String(each).padStart(width)} | ${maskText(lines[each - 1] ?? '')}`)
  }
  return [...shown, `${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}^`].join('\n')
}
