/** What a program of format 1 would have saved in place of this: few texts, each with all of its kind. */
export function olderState(saved: ReadonlyMap<string, string>): Map<string, string> {
  const read = (key: string): Record<string, unknown> => JSON.parse(saved.get(key)!)
  const idsOf = (list: string): unknown[] =>
    [...saved]
      .filter(([key]) => key.startsWith(`${list}:`))
      .map(([, text]) => JSON.parse(text) as { n: number; id: string })
      .toSorted((a, b) => a.n - b.n)
      .map(({ id }) => id)
  const { forced, fundings } = read('booked')
  const older = new Map<string, string>()
  const write = (key: string, value: object): void => void older.set(key, JSON.stringify({ ...value, format: 1 }))
  write('account', { ...read('account'), signals: idsOf('signal'), forced, fundings })
  for (const key of saved.keys()) {
    if (!key.startsWith('symbol:')) continue
    const symbol = key.slice('symbol:'.length)
    write(key, { ...read(key), usedClusters: idsOf(`cluster:${symbol}`) })
    const orders = [...saved]
      .filter(([each]) => each.startsWith('order:'))
      .map(([, text]) => JSON.parse(text).order)
      .filter(({ request }) => request.instrument === symbol)
      .toSorted((a, b) => a.updatedAt - b.updatedAt)
    if (orders.length > 0) write(`ended:${symbol}`, { orders })
  }
  return older
}
