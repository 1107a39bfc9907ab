import { afterEach, describe, expect, it } from 'vitest'
import { openScriptedBybit, result, startScriptedBybit, tradingKey } from '../../fixture/scripted-bybit.ts'
import { startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { openScriptedOkx, rows, startScriptedOkx } from '../../fixture/scripted-okx.ts'
import { ok, type ScriptedServer } from '../../fixture/scripted-server.ts'
import { openScripted } from '../../fixture/scripted-venue.ts'

let server: ScriptedServer

afterEach(() => server.close())

const alias = (name: string) => ok([{ accountAlias: name, asset: 'USDT', balance: '10000' }])

describe('an account is claimed under the name that the venue has for it', () => {
  it('and nothing of it is changed where somebody else has it', async () => {
    server = await startScriptedBinance(() => T0)
    server.on('GET /fapi/v3/balance', () => alias('SgsR'))
    server.on('GET /fapi/v1/symbolConfig', () =>
      ok([{ symbol: 'BTCUSDT', marginType: 'CROSSED', isAutoAddMargin: 'false', leverage: 20 }]),
    )
    const claimed: string[] = []
    const opened = await openScripted(server, {
      claim: (id) => {
        claimed.push(id)
        return 'account SgsR is traded by process 1; stop it first'
      },
    })
    expect(opened).toMatchObject({ kind: 'refused', code: 'ACCOUNT_TAKEN' })
    expect(claimed).toEqual(['SgsR'])
    expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('at each of the venues', async () => {
    const names: string[] = []
    const claim = (id: string): null => (names.push(id), null)
    const close = async (opened: Awaited<ReturnType<typeof openScripted>>): Promise<void> => {
      expect(opened.kind).toBe('ok')
      if (opened.kind === 'ok') await opened.venue.close()
    }
    server = await startScriptedBinance(() => T0)
    server.on('GET /fapi/v3/balance', () => alias('SgsR'))
    await close(await openScripted(server, { claim }))
    await server.close()
    server = await startScriptedBybit()
    server.on('GET /v5/user/query-api', () => result({ ...tradingKey, userID: 24_617_703, apiKey: 'k' }))
    await close(await openScriptedBybit(server, { claim }))
    await server.close()
    server = await startScriptedOkx()
    server.on('GET /api/v5/account/config', () =>
      rows({ posMode: 'net_mode', acctLv: '2', uid: '446', perm: 'read_only,trade' }),
    )
    await close(await openScriptedOkx(server, { claim }))
    expect(names).toEqual(['SgsR', '24617703', '446'])
  })

  it('and where the venue tells none, the bot is warned and goes on', async () => {
    server = await startScriptedBinance(() => T0)
    const warnings: string[] = []
    const opened = await openScripted(server, { claim: () => 'taken', warn: (message) => warnings.push(message) })
    expect(opened.kind).toBe('ok')
    expect(warnings).toEqual([expect.stringContaining('does not tell which account')])
    if (opened.kind === 'ok') await opened.venue.close()
  })
})
