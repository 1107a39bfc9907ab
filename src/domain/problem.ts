/** Something a user wrote or supplied that cannot be used: where it is, what is wrong, and what to do about it. */
export interface Problem {
  /** Stable and searchable, lower snake case. */
  readonly code: string
  /** `lodestone.yaml:14:3`, `bars.csv:20`, `LODESTONE__RISK__MAX_ORDER_USD`, `--leverage`. */
  readonly where: string
  /** One sentence without a full stop. */
  readonly what: string
  /** What to do; `null` where the sentence says it all. */
  readonly hint: string | null
  /** Lines around the broken place, ready to print; `null` where there are none. */
  readonly snippet: string | null
}

export const problem = (
  code: string,
  where: string,
  what: string,
  hint: string | null = null,
  snippet: string | null = null,
): Problem => ({ code, where, what, hint, snippet })
