import { describe, expect, test } from 'vitest'
import { epochMs, quantity } from '../../../src/domain/unit.ts'
import { closeQuantity, progress } from '../../../src/execution/bracket.ts'
import { exitAtMarket } from '../../../src/execution/exit.ts'
import type { Instruction } from '../../../src/execution/instruction.ts'
import { placePutOff } from '../../../src/execution/put-off.ts'
import { reopenTrade } from '../../../src/execution/open-trade.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import { alerts, bracket, cancels, protectedBracket, submits, working } from './bracket-scene.ts'

describe('entry', () => {
  test.each(['LONG', 'SHORT'] as const)(
    'a %s fill is protected in the same event by a stop and a target of its size',
    (direction) => {
      const scene = bracket(direction, '0.7')
      scene.fill(scene.trade.entryId, '0.7')
      const [stop, target, ...rest] = submits(scene.last)
      const s = direction === 'LONG' ? 1 : -1
      expect(rest).toEqual([])
      expect(stop).toMatchObject({
        leg: 'stop',
        type: 'stop_market',
        triggerBy: 'mark',
        reduceOnly: true,
        side: s > 0 ? 'sell' : 'buy',
      })
      expect(stop?.quantity.toString()).toBe('0.7')
      expect(stop?.triggerPrice?.toNumber()).toBe(1_000 - 10 * s)
      expect(target).toMatchObject({
        leg: 'target',
        type: 'limit',
        timeInForce: 'GTC',
        reduceOnly: true,
        side: s > 0 ? 'sell' : 'buy',
      })
      expect(target?.quantity.toString()).toBe('0.7')
      expect(target?.price?.toNumber()).toBe(1_000 + 15 * s)
    },
  )

  test('without a fill the trade is void and nothing was sent', () => {
    const scene = bracket()
    scene.accept(scene.trade.entryId)
    expect(scene.progress).toBe('open')
    scene.expire(scene.trade.entryId)
    expect(scene.progress).toBe('void')
    expect(scene.sent).toEqual([])
  })

  test('a rejected entry is void', () => {
    const scene = bracket()
    scene.reject(scene.trade.entryId)
    expect(scene.progress).toBe('void')
  })

  test('protection follows fills in parts and never stands at more than twice the position', () => {
    const scene = bracket('LONG', '1')
    let position = 0
    for (const part of ['0.3', '0.2', '0.4', '0.1']) {
      scene.fill(scene.trade.entryId, part)
      position += Number(part)
      // The second part comes while the first stop is still on its way: it is left alone until it rests.
      for (let guard = 0; guard < 5 && (!scene.trade.stop?.accepted || !scene.trade.target?.accepted); guard++) {
        for (const leg of ['stop', 'target'] as const) {
          expect(working(scene, leg)).toBeLessThanOrEqual(2 * position + 1e-9)
          const id = scene.newest(leg).clientOrderId
          scene.accept(id)
          for (const old of cancels(scene.last)) scene.cancel(old)
        }
      }
      expect(working(scene, 'stop')).toBeCloseTo(position, 9)
      expect(working(scene, 'target')).toBeCloseTo(position, 9)
    }
  })

  test('a second part that comes before the first stop rests is protected as soon as it does', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.4')
    scene.fill(scene.trade.entryId, '0.6')
    expect(submits(scene.last)).toEqual([])
    const first = scene.newest('stop').clientOrderId
    scene.accept(first)
    const second = scene.newest('stop')
    expect(second.clientOrderId).not.toBe(first)
    expect(second.quantity.toString()).toBe('1')
    expect(cancels(scene.last)).toEqual([])
    scene.accept(second.clientOrderId)
    expect(cancels(scene.last)).toEqual([first])
  })

  test('a lost acknowledgement does not freeze a leg: a trigger or a fill proves that it rests', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '1')
    scene.accept(scene.newest('stop').clientOrderId)
    // The target's acknowledgement never comes; its first fill does.
    const target = scene.newest('target').clientOrderId
    scene.fill(target, '0.25', 1_015)
    expect(scene.trade.target).toMatchObject({ id: target, accepted: true })
    expect(scene.newest('stop').quantity.toString()).toBe('0.75')
    const stop = scene.newest('stop').clientOrderId
    scene.trigger(stop)
    expect(scene.trade.stop).toMatchObject({ id: stop, accepted: true })
  })
})

describe('closing legs', () => {
  test.each([
    ['stop', 'target', 990],
    ['target', 'stop', 1_015],
  ] as const)('a filled %s cancels the %s and ends the trade', (leg, other, at) => {
    const scene = protectedBracket()
    scene.fill(scene.newest(leg).clientOrderId, '1', at)
    expect(scene.progress).toBe('closed')
    expect(scene.trade.exitReason).toBe(leg)
    expect(cancels(scene.last)).toEqual([scene.newest(other).clientOrderId])
    expect(submits(scene.last)).toEqual([])
    expect(scene.trade.exitCost.toNumber()).toBe(at)
    expect(scene.trade.fees.toString()).toBe('0.2')
  })

  test('a partial target fill shrinks the stop by replacement and leaves the target', () => {
    const scene = protectedBracket()
    const first = scene.newest('stop').clientOrderId
    scene.fill(scene.newest('target').clientOrderId, '0.4', 1_015)
    expect(submits(scene.last).map((r) => [r.leg, r.quantity.toString()])).toEqual([['stop', '0.6']])
    expect(cancels(scene.last)).toEqual([])
    scene.accept(scene.newest('stop').clientOrderId)
    expect(cancels(scene.last)).toEqual([first])
    expect(scene.count('target')).toBe(1)
    scene.fill(scene.newest('target').clientOrderId, '0.6', 1_015)
    expect(scene.progress).toBe('closed')
  })

  test('a stop after it moved to break-even ends the trade as such', () => {
    const scene = protectedBracket()
    scene.trade.breakEven = true
    scene.fill(scene.newest('stop').clientOrderId, '1', 1_001)
    expect(scene.trade.exitReason).toBe('break_even_stop')
  })

  test('the old stop may still fill while its replacement rests: the rest stays protected', () => {
    const scene = protectedBracket()
    const first = scene.newest('stop').clientOrderId
    scene.fill(scene.newest('target').clientOrderId, '0.4', 1_015)
    scene.fill(first, '0.5', 990)
    expect(scene.progress).toBe('open')
    expect(scene.trade.position.toString()).toBe('0.1')
    scene.accept(scene.newest('stop').clientOrderId)
    expect(scene.newest('stop').quantity.toString()).toBe('0.1')
  })

  test('a stop that was hit for less than the position has become leaves the rest at market', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.5')
    const stop = scene.newest('stop').clientOrderId
    scene.fill(scene.trade.entryId, '0.5')
    scene.fill(stop, '0.5', 990)
    expect(submits(scene.last).map((r) => [r.leg, r.quantity.toString(), r.reduceOnly])).toEqual([
      ['exit', '0.5', true],
    ])
    expect(alerts(scene.last)).toEqual([])
    scene.fill(scene.newest('exit').clientOrderId, '0.5', 989)
    expect(scene.progress).toBe('closed')
    expect(scene.trade.exitReason).toBe('stop')
  })
})

describe('what the venue does to the legs', () => {
  test('a rejected stop: critical alert, one market exit, no other stop', () => {
    const scene = bracket()
    scene.fill(scene.trade.entryId, '1')
    scene.accept(scene.newest('target').clientOrderId)
    scene.reject(scene.newest('stop').clientOrderId)
    expect(alerts(scene.last)).toEqual(['critical STOP_REJECTED'])
    expect(submits(scene.last).map((r) => [r.leg, r.type, r.reduceOnly, r.quantity.toString()])).toEqual([
      ['exit', 'market', true, '1'],
    ])
    scene.fill(scene.newest('exit').clientOrderId, '0.5', 999)
    expect(scene.count('stop')).toBe(1)
    scene.fill(scene.newest('exit').clientOrderId, '0.5', 999)
    expect(scene.progress).toBe('closed')
    expect(scene.trade.exitReason).toBe('unprotected')
    expect(scene.count('stop')).toBe(1)
  })

  test('a refused stop is not tried again while its exit fails', () => {
    const scene = protectedBracket()
    scene.fill(scene.newest('target').clientOrderId, '0.4', 1_015)
    const stops = scene.count('stop')
    scene.reject(scene.newest('stop').clientOrderId)
    scene.reject(scene.newest('exit').clientOrderId)
    expect(scene.last.some((i) => i.kind === 'retry_exit')).toBe(true)
    expect(scene.count('stop')).toBe(stops)
  })

  test('a stop refused after a part was taken at the target is an unprotected exit, not a target', () => {
    const scene = protectedBracket()
    scene.fill(scene.newest('target').clientOrderId, '0.4', 1_015)
    scene.reject(scene.newest('stop').clientOrderId)
    scene.fill(scene.newest('exit').clientOrderId, '0.6', 999)
    expect(scene.trade.exitReason).toBe('unprotected')
  })

  test('a rejected target leaves at market under a warning', () => {
    const scene = bracket()
    scene.fill(scene.trade.entryId, '1')
    scene.reject(scene.newest('target').clientOrderId)
    expect(alerts(scene.last)).toEqual(['warning TARGET_REJECTED'])
    expect(submits(scene.last).map((r) => r.leg)).toEqual(['exit'])
  })

  test('a stop that was not placed waits for its pause, whatever happens to the position meanwhile', () => {
    const scene = protectedBracket()
    const target = scene.newest('target').clientOrderId
    const first = scene.newest('stop').clientOrderId
    scene.fill(target, '0.4', 1_015)
    scene.reject(scene.newest('stop').clientOrderId, 'OVERLOADED')
    expect(alerts(scene.last)).toEqual(['warning STOP_PUT_OFF'])
    expect(scene.last.flatMap((i) => (i.kind === 'retry_leg' ? [[i.leg, i.afterMs]] : []))).toEqual([['stop', 500]])
    scene.fill(target, '0.1', 1_015)
    expect(submits(scene.last)).toEqual([])
    const out: Instruction[] = []
    placePutOff(scene.trade, 'stop', out)
    scene.take(out)
    expect(submits(out).map((r) => [r.leg, r.quantity.toString()])).toEqual([['stop', '0.5']])
    // The timer of a pause that is over already.
    placePutOff(scene.trade, 'stop', out)
    expect(submits(out)).toHaveLength(1)
    scene.accept(scene.newest('stop').clientOrderId)
    expect(cancels(scene.last)).toEqual([first])
    expect(scene.trade.lostLegs).toBe(0)
  })

  test.each(['stop', 'target'] as const)('a %s that the venue cancels is placed again under another id', (leg) => {
    const scene = protectedBracket()
    const first = scene.newest(leg)
    scene.cancel(first.clientOrderId)
    const again = scene.newest(leg)
    expect(submits(scene.last)).toEqual([again])
    expect(again.clientOrderId).not.toBe(first.clientOrderId)
    expect(again.quantity.eq(first.quantity)).toBe(true)
    expect(alerts(scene.last)).toEqual([])
  })

  test('five lost stops are placed again, the sixth loss leaves the position', () => {
    const scene = protectedBracket()
    for (let lost = 1; lost <= 5; lost++) {
      scene.cancel(scene.newest('stop').clientOrderId)
      expect(scene.count('stop')).toBe(lost + 1)
      expect(scene.count('exit')).toBe(0)
    }
    scene.expire(scene.newest('stop').clientOrderId)
    expect(alerts(scene.last)).toEqual(['critical STOP_REJECTED'])
    expect(scene.count('exit')).toBe(1)
    expect(scene.count('stop')).toBe(6)
  })

  test('legs that the venue cancels once the position is gone are not missed', () => {
    const scene = protectedBracket()
    const target = scene.newest('target').clientOrderId
    scene.fill(scene.newest('stop').clientOrderId, '1', 990)
    scene.cancel(target)
    expect(scene.progress).toBe('closed')
    expect(scene.last).toEqual([])
  })
})

describe('market exit', () => {
  function leave(scene: ReturnType<typeof protectedBracket>): void {
    const out: Instruction[] = []
    exitAtMarket(scene.trade, 'time_stop', out)
    scene.take(out)
  }

  test('is one order whatever asks for it twice', () => {
    const scene = protectedBracket()
    leave(scene)
    expect(submits(scene.last).map((r) => r.leg)).toEqual(['exit'])
    const out: Instruction[] = []
    exitAtMarket(scene.trade, 'anchor_broken', out)
    expect(out).toEqual([])
    expect(scene.trade.exitReason).toBe('time_stop')
  })

  test('keeps the stop, and does not place the target again', () => {
    const scene = protectedBracket()
    leave(scene)
    expect(cancels(scene.last)).toEqual([])
    scene.cancel(scene.newest('target').clientOrderId)
    expect(submits(scene.last)).toEqual([])
    scene.fill(scene.newest('exit').clientOrderId, '1', 1_002)
    expect(scene.progress).toBe('closed')
    expect(cancels(scene.last)).toEqual([scene.newest('stop').clientOrderId])
    expect(scene.trade.exitReason).toBe('time_stop')
  })

  test('an exit that ends with a rest is sent again at once for the rest', () => {
    const scene = protectedBracket()
    leave(scene)
    scene.fill(scene.newest('exit').clientOrderId, '0.4', 1_000)
    scene.expire(scene.newest('exit').clientOrderId)
    expect(scene.count('exit')).toBe(2)
    expect(scene.newest('exit').quantity.toString()).toBe('0.6')
    expect(scene.last.some((i) => i.kind === 'retry_exit')).toBe(false)
  })

  test('an exit that ends without a fill is asked for after a pause that doubles up to 30 s', () => {
    const scene = protectedBracket()
    const pauses: number[] = []
    for (let i = 0; i < 8; i++) {
      leave(scene)
      scene.reject(scene.newest('exit').clientOrderId)
      expect(alerts(scene.last)).toEqual(['critical EXIT_FAILED'])
      expect(submits(scene.last)).toEqual([])
      pauses.push(...scene.last.flatMap((x) => (x.kind === 'retry_exit' ? [x.afterMs] : [])))
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    expect(new Set(scene.sent.map((r) => r.clientOrderId)).size).toBe(scene.sent.length)
  })

  test('on an entry that has not filled yet it withdraws it, and a late fill is closed again', () => {
    const scene = bracket('LONG', '1')
    scene.accept(scene.trade.entryId)
    leave(scene)
    expect(cancels(scene.last)).toEqual([scene.trade.entryId])
    expect(submits(scene.last)).toEqual([])
    scene.fill(scene.trade.entryId, '0.3')
    expect(submits(scene.last).map((r) => [r.leg, r.quantity.toString()])).toContainEqual(['exit', '0.3'])
    scene.cancel(scene.trade.entryId)
    scene.fill(scene.newest('exit').clientOrderId, '0.3', 999)
    expect(scene.progress).toBe('closed')
    expect(scene.trade.exitReason).toBe('time_stop')
  })

  test('an entry fill while the exit is on its way is left by a second exit', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.6')
    scene.accept(scene.newest('stop').clientOrderId)
    leave(scene)
    expect(cancels(scene.last)).toEqual([scene.trade.entryId])
    scene.fill(scene.trade.entryId, '0.4')
    expect(scene.count('exit')).toBe(1)
    // Until then the late part is behind a stop of the whole size.
    expect(scene.newest('stop').quantity.toString()).toBe('1')
    scene.fill(scene.newest('exit').clientOrderId, '0.6', 999)
    expect(scene.newest('exit').quantity.toString()).toBe('0.4')
    expect(scene.count('exit')).toBe(2)
  })
})

describe('a resting entry', () => {
  test('is withdrawn when the stop of what it filled is hit; a part that fills after that is left at market', () => {
    const scene = bracket('LONG', '1')
    scene.accept(scene.trade.entryId)
    scene.fill(scene.trade.entryId, '0.4')
    const stop = scene.newest('stop').clientOrderId
    scene.accept(stop)
    scene.accept(scene.newest('target').clientOrderId)
    scene.fill(stop, '0.4', 990)
    expect(cancels(scene.last)).toContain(scene.trade.entryId)
    expect(scene.progress).toBe('open')
    scene.fill(scene.trade.entryId, '0.1', 990)
    expect(scene.newest('exit').quantity.toString()).toBe('0.1')
    scene.cancel(scene.trade.entryId)
    scene.fill(scene.newest('exit').clientOrderId, '0.1', 989)
    expect(scene.progress).toBe('closed')
    expect(scene.trade.exitReason).toBe('stop')
    expect(working(scene, 'entry')).toBe(0)
  })

  test('ends with its trade when the withdrawal is confirmed', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.4')
    const stop = scene.newest('stop').clientOrderId
    scene.accept(stop)
    scene.fill(stop, '0.4', 990)
    scene.cancel(scene.trade.entryId)
    expect(scene.progress).toBe('closed')
    expect(cancels(scene.last)).toEqual([scene.newest('target').clientOrderId])
  })
})

describe('closed by the venue', () => {
  const force = (scene: ReturnType<typeof protectedBracket>, units: string): { out: Instruction[]; result: string } => {
    const out: Instruction[] = []
    scene.trade.exitReason = 'liquidation'
    closeQuantity(scene.trade, { quantity: quantity(units), time: epochMs(9_000) }, new Dec(units).times(950), out)
    const result = progress(scene.trade, out)
    scene.take(out)
    return { out, result }
  }

  test('all of it: the legs are cancelled and nothing is sent', () => {
    const scene = protectedBracket()
    const { out, result } = force(scene, '1')
    expect(result).toBe('closed')
    expect(submits(out)).toEqual([])
    expect(cancels(out)).toEqual([scene.newest('stop').clientOrderId, scene.newest('target').clientOrderId])
  })

  test('a part of it: the legs shrink', () => {
    const scene = protectedBracket()
    const { out, result } = force(scene, '0.25')
    expect(result).toBe('open')
    expect(submits(out).map((r) => [r.leg, r.quantity.toString()])).toEqual([
      ['stop', '0.75'],
      ['target', '0.75'],
    ])
  })

  test('an entry that still works is withdrawn', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.5')
    expect(cancels(force(scene, '0.5').out)).toContain(scene.trade.entryId)
  })
})

describe('news that overtake each other', () => {
  test('a closing fill before the entry fill it closes: waits, says so, and ends right', () => {
    const scene = bracket('LONG', '1')
    scene.fill(scene.trade.entryId, '0.5')
    scene.accept(scene.newest('stop').clientOrderId)
    scene.accept(scene.newest('target').clientOrderId)
    scene.fill(scene.newest('target').clientOrderId, '0.5', 1_015)
    expect(scene.progress).toBe('open')
    // The other half was opened and stopped; the stop's news comes first.
    scene.fill(scene.newest('stop').clientOrderId, '0.5', 990)
    expect(alerts(scene.last)).toEqual(['critical POSITION_MISMATCH'])
    expect(submits(scene.last)).toEqual([])
    scene.fill(scene.trade.entryId, '0.5')
    expect(scene.progress).toBe('closed')
    expect(scene.trade.entryQuantity.eq(scene.trade.exitQuantity)).toBe(true)
  })

  test('a cancelled entry that had filled after all is protected', () => {
    const scene = bracket('LONG', '1')
    scene.cancel(scene.trade.entryId)
    expect(scene.progress).toBe('void')
    scene.fill(scene.trade.entryId, '1')
    expect(submits(scene.last).map((r) => r.leg)).toEqual(['stop', 'target'])
  })
})

test('a trade that comes back starts its figures anew and never uses an id twice', () => {
  const scene = protectedBracket()
  scene.fill(scene.newest('stop').clientOrderId, '1', 990)
  const again = reopenTrade(scene.trade)
  expect(
    again.position.isZero() && again.entryQuantity.isZero() && again.exitQuantity.isZero() && again.fees.isZero(),
  ).toBe(true)
  expect(again.revision).toBe(scene.trade.revision)
  expect(again.exitReason).toBe('stop')
  expect(again.reopened).toBe(1)
})
