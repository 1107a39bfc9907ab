/** The whole number from 0 to `max` that an option's decimal digits say; `undefined` for anything else, as 0x10 or 1e3. */
export function wholeNumber(text: unknown, max: number): number | undefined {
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}
