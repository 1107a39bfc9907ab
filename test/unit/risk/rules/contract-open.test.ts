import { describe, expect, it } from 'vitest'
import { context, ETH, refusedFor, request, wide } from '../scene.ts'

describe('contract-open', () => {
  it('refuses an entry on the contract that is closed, and on no other', () => {
    const account = context({ closed: ['SETTLING', null] })
    expect(refusedFor(wide(), request(), account)).toEqual(['NOT_TRADING'])
    const other = request(
      { entry: 2_000, stop: 1_980 },
      { instrument: ETH, price: request().order.price!.div(25) as never },
    )
    expect(refusedFor(wide(), other, account)).toEqual([])
  })
})
