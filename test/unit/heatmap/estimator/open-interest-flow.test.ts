import { describe, expect, it } from 'vitest'
import { createOpenInterestFlow, takeOpenInterest } from '../../../../src/heatmap/estimator/open-interest-flow.ts'

describe('the flow of open interest', () => {
  const after = (churn: number, ...bars: readonly (readonly [number, number?, boolean?])[]) => {
    const flow = createOpenInterestFlow(25, churn)
    bars.forEach(([openInterest, volume, contiguous], i) =>
      takeOpenInterest(flow, openInterest, volume ?? 0, i, contiguous ?? true),
    )
    return flow
  }

  it('opens nothing with the first figure', () => {
    expect(after(0, [Number.NaN], [1_000])).toMatchObject({
      opened: 0,
      closed: 0,
      known: 1_000,
      firstAt: 1,
      levelBreaks: 0,
    })
  })

  it('opens a rise and closes a fall', () => {
    expect(after(0, [1_000], [1_010])).toMatchObject({ opened: 10, closed: 0, before: 1_000 })
    expect(after(0, [1_000], [990])).toMatchObject({ opened: 0, closed: 10, before: 1_000 })
  })

  it('adds churn to both: half of its share of the volume beyond the change', () => {
    expect(after(0.5, [1_000], [1_010, 50])).toMatchObject({ opened: 20, closed: 10 })
    expect(after(0.5, [1_000], [990, 50])).toMatchObject({ opened: 10, closed: 20 })
    expect(after(0.5, [1_000], [1_010, 8])).toMatchObject({ opened: 10, closed: 0 })
    expect(after(0.5, [1_000], [1_010, Number.NaN])).toMatchObject({ opened: 10, closed: 0 })
  })

  it('places a fall after a gap, not a rise, and counts the gap once', () => {
    expect(after(0, [1_000], [Number.NaN], [1_010])).toMatchObject({ opened: 0, closed: 0, levelBreaks: 1 })
    expect(after(0, [1_000], [Number.NaN], [990])).toMatchObject({ opened: 0, closed: 10, levelBreaks: 1 })
    expect(after(0, [1_000], [990, 0, false])).toMatchObject({ opened: 0, closed: 10, levelBreaks: 1 })
  })

  it('never takes a fall for a break', () => {
    expect(after(0, [1_000], [100])).toMatchObject({ closed: 900, levelBreaks: 0 })
  })
})
