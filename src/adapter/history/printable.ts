const LONGEST = 60
const MOST = 20

/** Text of a file for a message: cut, and without the control characters that would act on a terminal. */
export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return cut.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Names of columns for a message; only the first of many. */
export function printableNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST).map(printable).join(', ')
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown
}
