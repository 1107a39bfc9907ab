import { describe, expect, test } from 'vitest'
import { parseTradeOptions } from '../../../src/cli/trade-options.ts'

const HOUR = 3_600_000

describe('options of trade', () => {
  test('without any: the crowd of seed 1 at 120 times the wall clock, until interrupted', () => {
    expect(parseTradeOptions({})).toEqual({
      kind: 'ok',
      tape: null,
      durationMs: null,
      speed: 120,
      seed: 1,
      headless: false,
    })
  })

  test('all of them', () => {
    expect(
      parseTradeOptions({ duration: '6h', speed: '0.5', seed: '2147483647', headless: true, tape: ['a.csv'] }),
    ).toEqual({
      kind: 'ok',
      tape: ['a.csv'],
      durationMs: 6 * HOUR,
      speed: 0.5,
      seed: 2 ** 31 - 1,
      headless: true,
    })
  })

  test('max is as fast as the machine can', () => {
    expect(parseTradeOptions({ speed: 'max', duration: '2d' })).toMatchObject({
      speed: Number.POSITIVE_INFINITY,
      durationMs: 48 * HOUR,
    })
  })

  test('a tape ends by itself: max needs no duration there', () => {
    expect(parseTradeOptions({ speed: 'max', tape: ['a.csv'] })).toMatchObject({ kind: 'ok', durationMs: null })
  })

  test.each([
    [{ duration: 'soon' }, '--duration soon'],
    [{ duration: '0m' }, '--duration 0m'],
    [{ duration: '-1h' }, '--duration -1h'],
    [{ speed: 'fast' }, '--speed fast'],
    [{ speed: '0' }, '--speed 0'],
    [{ speed: '-5' }, '--speed -5'],
    [{ speed: '1000001' }, '--speed 1000001'],
    [{ speed: 'Infinity' }, '--speed'],
    [{ speed: '' }, '--speed'],
    [{ seed: '-1' }, '--seed -1'],
    [{ seed: '1.5' }, '--seed 1.5'],
    [{ seed: '2147483648' }, '--seed 2147483648'],
    [{ seed: '' }, '--seed'],
    [{ seed: '0x10' }, '--seed 0x10'],
    [{ seed: '1e3' }, '--seed 1e3'],
    [{ seed: ' 7' }, '--seed  7'],
    [{ speed: 'max' }, '--speed max needs --duration'],
  ])('%o is told: %s', (options, words) => {
    const parsed = parseTradeOptions(options)
    expect(parsed.kind).toBe('invalid')
    if (parsed.kind === 'invalid') expect(parsed.message).toContain(words)
  })
})

describe('options of trade on a real exchange', () => {
  test('market time is wall time, until interrupted', () => {
    expect(parseTradeOptions({}, { realTime: 'bybit' })).toMatchObject({ kind: 'ok', speed: 1, durationMs: null })
    expect(parseTradeOptions({ speed: '1', duration: '6h' }, { realTime: 'bybit' })).toMatchObject({
      kind: 'ok',
      durationMs: 6 * HOUR,
    })
  })

  test.each([
    [{ speed: '60' }, '--speed 60: the market of bybit runs in real time'],
    [{ speed: 'max', duration: '1d' }, '--speed max: the market of bybit runs in real time'],
    [{ tape: ['a.csv'] }, '--tape: bybit has its own market'],
  ])('%j is refused', (options, sentence) => {
    expect(parseTradeOptions(options, { realTime: 'bybit' })).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(sentence),
    })
  })
})

describe('options of trade on paper, on the market of an exchange', () => {
  test.each([
    [{ seed: '1' }, '--seed 1: market: ccxt is a market of its own'],
    [{ tape: ['a.csv'] }, '--tape: market: ccxt is a market of its own'],
    [{ speed: '2' }, '--speed 2: the market of okx runs in real time'],
    [{ speed: 'max', duration: '1d' }, '--speed max: the market of okx runs in real time'],
  ])('%j is refused', (options, sentence) => {
    expect(parseTradeOptions(options, { realTime: 'okx', livePaper: true })).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(sentence),
    })
  })

  test('a served market keeps the pace it is given', () => {
    const served = { realTime: null, livePaper: true }
    expect(parseTradeOptions({ speed: 'max', duration: '2d' }, served)).toMatchObject({ kind: 'ok', speed: Infinity })
    expect(parseTradeOptions({ speed: 'max' }, served)).toMatchObject({ kind: 'invalid' })
  })
})
