import { describe, expect, it } from 'vitest'
import { createMarkPrice } from '../../../../src/exchange/crowd/mark.ts'

describe('mark price', () => {
  it('is the median of carried index, index + mean basis, and last', () => {
    const mark = createMarkPrice(100)
    // Basis of this step 2, mean over one step 2: 101, 102 and 102.
    mark.update(102, 100, 0.01, 1)
    expect(mark.state.mark).toBe(102)
    // Window of two starts at its mean, 2; with 4 the mean is 3: 100.5, 103 and 104.
    mark.update(104, 100, 0.005, 2)
    expect(mark.state.meanBasis).toBeCloseTo(3, 12)
    expect(mark.state.mark).toBeCloseTo(103, 12)
  })

  it('takes the last price when it lies between the two others', () => {
    const mark = createMarkPrice(100)
    mark.update(104, 100, 0, 1)
    mark.update(101, 100, 0, 2)
    // Mean basis 2.5, carried 100.
    expect(mark.state.mark).toBe(101)
  })

  it('forgets a basis after the window has passed', () => {
    const mark = createMarkPrice(100)
    for (let i = 0; i < 15; i++) mark.update(110, 100, 0, 15)
    expect(mark.state.meanBasis).toBeCloseTo(10, 12)
    for (let i = 0; i < 14; i++) mark.update(100, 100, 0, 15)
    expect(mark.state.meanBasis).toBeCloseTo(10 / 15, 12)
    mark.update(100, 100, 0, 15)
    expect(mark.state.meanBasis).toBe(0)
  })
})
