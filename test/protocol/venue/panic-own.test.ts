import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeExchangeFile } from '../../../src/app/compose/exchange-file.ts'
import { openPanic } from '../../../src/app/compose/panic.ts'
import { toConfig } from '../../../src/config/camel.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { makeDirectory } from '../../../src/adapter/directory/make-directory.ts'
import { readPanicLatch } from '../../../src/adapter/lock/panic-latch.ts'
import { accountDirectory } from '../../../src/app/account-directory.ts'
import { scratch } from '../../fixture/journal-scene.ts'
import { KEY, refusal, SECRET, startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { ok, type ScriptedServer } from '../../fixture/scripted-server.ts'

const ACCOUNT = 'embedded-testnet'
let place: ReturnType<typeof scratch>
let server: ScriptedServer
beforeEach(async () => {
  place = scratch()
  server = await startScriptedBinance(() => T0)
})
afterEach(async () => {
  await server.close()
  place.remove()
})

/** What a bot that was killed leaves of its own exchange. */
function left() {
  const config = toConfig(configSchema.parse({ mode: 'testnet', data_dir: place.path }))
  const directory = accountDirectory(config, ACCOUNT)
  makeDirectory(directory, 0o700)
  const { restOrigin: origin, streamOrigin } = server
  writeExchangeFile(directory, { origin, streamOrigin, control: '', key: KEY, secret: SECRET, instance: 'gone' })
  return { config, directory }
}

it('does not wait for the exchange of a bot that was killed, which does not come back', async () => {
  const { config } = left()
  let asked = 0
  // More often than one question is said again by itself.
  server.on('GET /fapi/v1/time', () => (asked++ < 6 ? refusal(-1001, 'gone', 503) : ok({ serverTime: T0 })))
  const opened = await openPanic({ config, credentials: null, account: ACCOUNT, reason: 'drill' })
  expect(opened).toMatchObject({ kind: 'refused', reason: 'exchange' })
  await opened.latch!.durable
})

it('says that the exchange has ended with its bot where nobody is there, and leaves no latch for the next one', async () => {
  const { config, directory } = left()
  await server.close()
  const opened = await openPanic({ config, credentials: null, account: ACCOUNT, reason: 'drill' })
  expect(opened).toMatchObject({ kind: 'refused', reason: 'not_running', latch: null })
  expect(readPanicLatch(directory)).toBeNull()
})
