import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import type { Config } from '../../config/schema.ts'
import { normaliseSymbol } from '../../domain/instrument.ts'
import type { ApiKey } from '../../exchange/protocol/binance-usdm/auth.ts'
import { startBinanceServer, type BinanceServer } from '../../exchange/protocol/binance-usdm/server.ts'
import type { ExchangeParameters } from '../../exchange/parameters.ts'
import { exchangeParameters } from '../exchange-parameters.ts'
import { readFaultFile, type Fault } from '../fault-file.ts'
import { lookFailed, type LookFailure } from '../look-failure.ts'
import { readTape } from './read-tape.ts'
import { crowdMarket, tapeMarket, type ServedMarket } from './served-market.ts'

export interface ServeExchangeOptions {
  readonly port: number
  readonly seed: number
  /** Files of candles; `null`: the crowd. */
  readonly tape: readonly string[] | null
  /** None: those of the files, or of `exchange.pairs`. */
  readonly symbols: readonly string[]
  /** Market time per wall time; `null`: lock-step. */
  readonly speed: number | null
  /** USDT in each account. */
  readonly balance: number
  /** At least 1. */
  readonly accounts: number
  readonly faultsFile: string | null
  /** More of them may be posted while it runs. */
  readonly acceptFaults: boolean
  /** Where the address and the keys are written too, readable for this user alone. */
  readonly keyFile: string | null
}

/** What an account is reached with. */
export interface AccountKey {
  /** From 1; what faults call it. */
  readonly account: number
  readonly key: string
  readonly secret: string
}

/** Where the exchange is, and the accounts that were made for this run. */
export interface ServedAddress {
  readonly origin: string
  /** Base of the streams, as ccxt’s `urls.api.ws.future` wants it. */
  readonly stream: string
  readonly control: string
  /** Of the first account. */
  readonly key: string
  readonly secret: string
  readonly instance: string
  /** All of them, the first included. */
  readonly accounts: readonly AccountKey[]
}

export interface ServedExchange {
  readonly kind: 'ok'
  readonly server: BinanceServer
  readonly address: ServedAddress
  readonly symbols: readonly string[]
}

const KEY_BYTES = 32
const OWN_USER_ONLY = 0o600

/** Puts an embedded exchange behind its own protocol server on this machine; fails with a sentence. */
export async function serveExchange(
  config: Config,
  options: ServeExchangeOptions,
): Promise<ServedExchange | LookFailure> {
  const faults = readFaults(options.faultsFile)
  if ('failure' in faults) return faults
  const parameters: ExchangeParameters = { ...exchangeParameters(config), startingBalance: options.balance }
  const market = marketOf(config, parameters, options)
  if (market.kind === 'failed') return market
  const first = makeKey(1)
  const further = Array.from({ length: options.accounts - 1 }, (_, i) => makeKey(i + 2))
  let server: BinanceServer
  try {
    server = await startBinanceServer({
      tape: market.tape,
      marketData: market.data,
      parameters,
      start: market.start,
      account: apiKeyOf(first),
      furtherAccounts: further.map(apiKeyOf),
      port: options.port,
      drive: options.speed ?? 'lock_step',
      faultsOverHttp: options.acceptFaults,
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const taken = error.code === 'EADDRINUSE'
    return lookFailed(
      'error',
      `The exchange cannot be served: ${taken ? `port ${options.port} on 127.0.0.1 is taken` : error.message}`,
      taken ? 'Give another one with --port, or 0 for any that is free' : null,
    )
  }
  try {
    for (const fault of faults) server.addFault(fault)
  } catch (error) {
    await server.close()
    if (!(error instanceof RangeError)) throw error
    return lookFailed('configuration', `--faults ${options.faultsFile ?? ''}: ${error.message}`)
  }
  const address: ServedAddress = {
    origin: server.origin,
    stream: `${server.streamOrigin}/fstream/ws`,
    control: server.controlUrl,
    key: first.key,
    secret: first.secret,
    instance: server.instance,
    accounts: [first, ...further],
  }
  const refused = options.keyFile === null ? null : writeKey(options.keyFile, address)
  if (refused !== null) {
    await server.close()
    return refused
  }
  return { kind: 'ok', server, address, symbols: market.instruments.map((each) => each.symbol) }
}

const makeKey = (account: number): AccountKey => ({
  account,
  key: randomBytes(KEY_BYTES).toString('hex'),
  secret: randomBytes(KEY_BYTES).toString('hex'),
})

const apiKeyOf = ({ key, secret }: AccountKey): ApiKey => ({ apiKey: key, secret })

function readFaults(file: string | null): readonly Fault[] | LookFailure {
  if (file === null) return []
  const read = readFaultFile(file)
  return read.kind === 'ok' ? read.faults : lookFailed('configuration', `--faults ${read.message}`)
}

function marketOf(
  config: Config,
  parameters: ExchangeParameters,
  { tape, seed, symbols }: ServeExchangeOptions,
): ServedMarket | LookFailure {
  if (tape === null) {
    const market = crowdMarket(config, parameters, seed, symbols)
    return market.kind === 'ok' ? market : lookFailed('not_found', sentence(market.message))
  }
  const read = readTape(tape)
  if (read.kind === 'invalid') return lookFailed('error', 'The candles cannot be used', null, read.problems)
  const held = read.columns.map((c) => c.symbol)
  const wanted = symbols.map((symbol) => normaliseSymbol(symbol) ?? symbol)
  const absent = wanted.find((symbol) => !held.includes(symbol))
  if (absent !== undefined)
    return lookFailed('not_found', `There is no ${absent} in these files`, `There is ${held.join(', ')}`)
  const columns = wanted.length === 0 ? read.columns : read.columns.filter((c) => wanted.includes(c.symbol))
  return tapeMarket(config, parameters, columns)
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function writeKey(file: string, address: ServedAddress): LookFailure | null {
  try {
    writeFileSync(file, `${JSON.stringify(address)}\n`, { mode: OWN_USER_ONLY })
    // A file that was there keeps its mode when it is written.
    chmodSync(file, OWN_USER_ONLY)
    return null
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return lookFailed('error', `The key cannot be written to ${file}: ${why}`)
  }
}
