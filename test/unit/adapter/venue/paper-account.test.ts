import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  createPaperAccountFile,
  readPaperAccount,
  type PaperAccount,
} from '../../../../src/adapter/venue/paper-account.ts'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createExchange } from '../../../../src/exchange/exchange.ts'
import { BTC, drain, ETH, order, PARAMETERS, scripted, stop, T0, tick } from '../../exchange/fixture.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lodestone-paper-account-'))
  path = join(directory, 'paper-account.json')
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** Has bought ETH at 2,500, behind a stop, and bought and sold BTC before. */
function account(): PaperAccount {
  const eth = { instrument: ETH }
  const items = [0, 1_000, 2_000, 3_000, 4_000].flatMap((ms) => [tick(ms, 50_000), tick(ms, 2_500, eth)])
  const exchange = createExchange({ tape: scripted(items, [BTC, ETH]), parameters: PARAMETERS, keepFills: true })
  const script = [
    order('b1'),
    order('b2', { side: 'sell', reduceOnly: true }),
    order('e1', { ...eth, quantity: '1' }),
    stop('s1', 2_400, { ...eth, quantity: '1' }),
  ]
  drain(exchange, (event) => {
    if (event.kind !== 'price' || event.instrument !== BTC) return
    const next = script.shift()
    if (next) exchange.submit(next, event.time)
  })
  const heard = {
    at: epochMs(T0 + 4_000),
    last: 2_500,
    seen: { openTime: T0, high: 2_500, low: 2_500 },

    settledUntil: T0,
  }
  return { exchange: exchange.save()!, heard: { BTCUSDT: null, ETHUSDT: heard } }
}

it('reads back what it has written, with the orders and the history', () => {
  const before = account()
  createPaperAccountFile(path, [BTC, ETH])(before)
  const read = readPaperAccount(path, [BTC, ETH])
  expect(read).toEqual({ kind: 'ok', account: before })
  expect(before.exchange.books.fills).toHaveLength(3)
  expect(before.exchange.symbols[1]).toMatchObject({ symbol: 'ETHUSDT', orders: [{ state: 'armed', level: 2_400 }] })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['paper-account.json'])
})

it('has none where nothing was written', () => {
  expect(readPaperAccount(path, [BTC])).toEqual({ kind: 'none' })
})

it('forgets the history of a symbol that is traded no more, and never a position', () => {
  createPaperAccountFile(path, [BTC, ETH])(account())
  const withoutBtc = readPaperAccount(path, [ETH])
  expect(withoutBtc.kind === 'ok' && withoutBtc.account.exchange.books.fills).toHaveLength(1)
  expect(readPaperAccount(path, [BTC])).toEqual({
    kind: 'refused',
    message: `the paper account in ${path} has something open in ETHUSDT, and exchange.pairs does not name it: name it until that is over`,
  })
})

it.each([
  ['half of it', (text: string) => text.slice(0, text.length / 2), 'is damaged: its hash is another one'],
  ['another figure', (text: string) => text.replace('2500', '2501'), 'is damaged: its hash is another one'],
  ['nothing', () => '', 'cannot be read'],
  ['no object', () => 'null\n', 'has format undefined; this program reads 1'],
  ['a later format', (text: string) => text.replace('"format":1', '"format":2'), 'has format 2; this program reads 1'],
] as const)('is refused with %s in its file', (_, change, why) => {
  createPaperAccountFile(path, [BTC, ETH])(account())
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  expect(readPaperAccount(path, [BTC, ETH])).toEqual({
    kind: 'refused',
    message: `the paper account in ${path} ${why}`,
  })
})

it('writes the same once', () => {
  const write = createPaperAccountFile(path, [BTC, ETH])
  write(account())
  rmSync(path)
  write(account())
  expect(readPaperAccount(path, [BTC, ETH])).toEqual({ kind: 'none' })
})

it('throws where the disk does not take it, and leaves what is there', () => {
  const write = createPaperAccountFile(path, [BTC, ETH])
  const before = account()
  write(before)
  mkdirSync(`${path}.new`)
  expect(() => write({ ...before, heard: {} })).toThrow(/EISDIR/)
  expect(readPaperAccount(path, [BTC, ETH])).toEqual({ kind: 'ok', account: before })
})
