import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkSignature } from '../../../../src/exchange/protocol/binance-usdm/auth.ts'

const SECRET = 's'
const NOW = 1_767_571_200_000

function codeAt(timestamp: number, pace?: number): number | undefined {
  const unsigned = `timestamp=${timestamp}&recvWindow=5000`
  const raw = `${unsigned}&signature=${createHmac('sha256', SECRET).update(unsigned).digest('hex')}`
  return checkSignature({ raw, parameters: new URLSearchParams(raw) }, SECRET, NOW, pace)?.code
}

describe('the time of a signed request', () => {
  it('may lie within its window and a second ahead', () => {
    expect([-5_000, 0, 1_000].map((late) => codeAt(NOW + late))).toEqual([undefined, undefined, undefined])
    expect([-5_001, 1_001].map((late) => codeAt(NOW + late))).toEqual([-1021, -1021])
  })

  it('may be off by as much wall time where the market runs faster', () => {
    expect([-300_000, 60_000].map((late) => codeAt(NOW + late, 60))).toEqual([undefined, undefined])
    expect([-300_001, 60_001].map((late) => codeAt(NOW + late, 60))).toEqual([-1021, -1021])
  })
})
