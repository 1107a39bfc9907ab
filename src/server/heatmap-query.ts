/** One complaint in the shape that clients of the heatmap API know. */
export interface QueryIssue {
  readonly loc: readonly string[]
  readonly msg: string
  readonly type: string
}

export interface QueryNumber {
  readonly fallback: number
  readonly max: number
}

export type QueryResult<K extends string> =
  | { readonly kind: 'ok'; readonly values: Readonly<Record<K, number>> }
  | { readonly kind: 'invalid'; readonly issues: readonly QueryIssue[] }

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function judge(name: string, text: string | undefined, { fallback, max }: QueryNumber): number | QueryIssue {
  if (text === undefined) return fallback
  const loc = ['query', name]
  if (!NUMBER.test(text.trim())) return { loc, msg: 'Input should be a valid number', type: 'float_parsing' }
  const value = Number(text)
  if (value < 0) return { loc, msg: 'Input should be greater than or equal to 0', type: 'greater_than_equal' }
  if (value > max) return { loc, msg: `Input should be less than or equal to ${max}`, type: 'less_than_equal' }
  return value
}

/** Reads numbers from 0 to a maximum out of a query; names that are not asked for are ignored. */
export function readQuery<K extends string>(
  query: Readonly<Record<string, string>>,
  numbers: Readonly<Record<K, QueryNumber>>,
): QueryResult<K> {
  const issues: QueryIssue[] = []
  const values: Partial<Record<K, number>> = {}
  for (const name of Object.keys(numbers) as K[]) {
    const judged = judge(name, query[name], numbers[name])
    if (typeof judged === 'number') values[name] = judged
    else issues.push(judged)
  }
  return issues.length > 0 ? { kind: 'invalid', issues } : { kind: 'ok', values: values as Record<K, number> }
}
