import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readFaultFile } from '../../../src/app/fault-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-faults-'))
afterAll(() => rmSync(directory, { recursive: true }))

function read(content: string): ReturnType<typeof readFaultFile> {
  const file = join(directory, 'faults.json')
  writeFileSync(file, content)
  return readFaultFile(file)
}

describe('a script of faults', () => {
  it('is a list of what goes wrong with requests, with the stream and with the account', () => {
    const faults = [
      { method: 'POST', path: '/fapi/v1/order', when: 'after', answer: 'drop', skip: 2, count: 3 },
      { when: 'before', answer: { status: 429, body: { code: -1003, msg: 'x' }, retry_after_secs: 5 } },
      { client_id: 'hunt', when: 'after', late_ms: 10, hide_ms: 500, delay_ms: 1 },
      { kind: 'lose', event: 'ORDER_TRADE_UPDATE', count: 1 },
      { kind: 'reorder', count: 2 },
      { kind: 'silence', on: true },
      { kind: 'expire_listen_key', after_ms: 60_000 },
      { kind: 'hedge_mode', on: true },
      { kind: 'cancel_silently', client_id: 'hunt', after_ms: 1 },
      { kind: 'force_close', symbol: 'BTCUSDT', cause: 'adl' },
      { when: 'before', account: 2 },
      { kind: 'repeat', count: 1, account: 2 },
      { kind: 'expire_listen_key', account: 3 },
      { kind: 'force_close', symbol: 'BTCUSDT', cause: 'settlement' },
      { kind: 'change_filters', symbol: 'BTCUSDT', tick_size: '0.5', multiplier_up: '1.01', after_ms: 1 },
      { kind: 'contract_status', symbol: 'BTCUSDT', status: 'SETTLING' },
      { kind: 'maintenance', for_ms: 60_000 },
    ]
    expect(read(JSON.stringify(faults))).toEqual({ kind: 'ok', faults })
  })

  it.each([
    ['[', 'it is no JSON'],
    ['{}', 'a list of at most 1000 faults is expected'],
    ['[{"when":"during"}]', 'fault 1, when: '],
    ['[{"kind":"silence","on":true},{"when":"after","amswer":"drop"}]', 'fault 2, as a whole: '],
    ['[{"kind":"explode","count":1}]', 'fault 1, kind: '],
    ['[{"kind":"hedge_mode","on":true,"account":0}]', 'fault 1, account: '],
    ['[{"kind":"force_close","symbol":"BTCUSDT","cause":"war"}]', 'fault 1, cause: '],
    ['[{"kind":"change_filters","symbol":"BTCUSDT","tick_size":"0.0"}]', 'fault 1, tick_size: '],
    ['[{"kind":"contract_status","symbol":"BTCUSDT","status":"GONE"}]', 'fault 1, status: '],
    ['[3]', 'fault 1, as a whole: '],
  ])('%s is refused with the place', (content, words) => {
    const result = read(content)
    expect(result).toMatchObject({ kind: 'invalid' })
    expect(result.kind === 'invalid' && result.message).toContain(`faults.json: ${words}`)
  })

  it('that is not there is refused', () => {
    expect(readFaultFile(join(directory, 'none.json'))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('none.json: it cannot be read') as string,
    })
  })
})
