import type { BarEvent } from '../domain/event.ts'
import { epochMs } from '../domain/unit.ts'
import type { Engine } from '../engine/engine.ts'

/** Feeds a closed bar of history and the points of its path, the nearer extreme first. */
export function warmBar(engine: Engine, bar: BarEvent): void {
  const upFirst = bar.high - bar.open < bar.open - bar.low
  const points = upFirst ? [bar.open, bar.high, bar.low, bar.close] : [bar.open, bar.low, bar.high, bar.close]
  const step = (bar.closeTime - bar.openTime) / points.length
  points.forEach((price, i) => {
    const time = epochMs(i === points.length - 1 ? bar.closeTime - 1 : bar.openTime + i * step)
    engine.warmUp({
      kind: 'price',
      time,
      venueTime: time,
      instrument: bar.instrument,
      last: price,
      mark: price,
      bid: Number.NaN,
      ask: Number.NaN,
    })
  })
  engine.warmUp(bar)
}
