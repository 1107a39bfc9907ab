import { describe, expect, it } from 'vitest'
import { Dec } from '../../../src/domain/decimal.ts'
import { changedTerms, closingQuantity, isInBand } from '../../../src/domain/instrument.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'

const BTC = listInstrument('BTCUSDT', 0, 50_000)

describe('the quantity that closes a position', () => {
  it.each([
    ['0.041', '0.001', '0.001', '0.041'],
    ['0.041', '0.01', '0.01', '0.05'],
    ['0.041', '0.02', '0.1', '0.1'],
    ['0.2', '0.1', '0.1', '0.2'],
    ['0.0005', '0.001', '0', '0.001'],
  ])('of %s at steps of %s and at least %s is %s', (position, lotSize, minQuantity, closing) => {
    const terms = { ...BTC, lotSize: new Dec(lotSize), minQuantity: new Dec(minQuantity) }
    expect(closingQuantity(new Dec(position), terms).toString()).toBe(closing)
  })
})

describe('changes of a contract’s terms', () => {
  it('are told by name, and are none where the figures are the same', () => {
    expect(changedTerms(BTC, { ...BTC, tickSize: new Dec('0.10') })).toEqual([])
    expect(
      changedTerms(BTC, { ...BTC, tickSize: new Dec('0.5'), priceBand: { up: 1.1, down: 0.9 }, marginTiers: [] }),
    ).toEqual(['tick size 0.1 → 0.5', 'price band 0.9 to 1.1 of the mark', 'margin brackets'])
  })
})

it('no price is within a band around a mark that is no number', () => {
  expect(isInBand({ up: 1.1, down: 0.9 }, 'buy', 1, Number.NaN)).toBe(false)
  expect(isInBand({ up: 1.1, down: 0.9 }, 'sell', 1, Number.NaN)).toBe(false)
})
