/** The exchanges that are spoken to; every other one lacks the tests that would let it trade. */
export type CcxtId = 'binanceusdm' | 'bybit' | 'okx'
/**
 * `demo` and `testnet` are play money, `live` is not; `embedded` is our own exchange on loopback, which plays the demo
 * environment's part.
 */
export type CcxtEnvironment = 'demo' | 'testnet' | 'live' | 'embedded'

/** Where one environment of an exchange lives. */
export interface EnvironmentRules {
  /** How the ccxt class is switched there, once and before anything else. */
  readonly by: 'demo' | 'sandbox' | 'nothing'
  /** Hosts that may see a signed request. */
  readonly signedHosts: readonly string[]
  /** Further hosts that keyless requests and streams may go to. */
  readonly publicHosts: readonly string[]
  /** Hosts that the class's table names besides, for systems the bot never calls; play money like the rest. */
  readonly otherHosts: readonly string[]
  /** Header that every request must carry, where the host alone does not tell play money from real. */
  readonly requiredHeader: readonly [name: string, value: string] | null
}

const BINANCE_DEMO: EnvironmentRules = {
  by: 'demo',
  signedHosts: ['demo-fapi.binance.com'],
  publicHosts: ['fstream.binancefuture.com'],
  otherHosts: [
    'demo-dapi.binance.com',
    'demo-api.binance.com',
    'demo-stream.binance.com',
    'dstream.binancefuture.com',
    'demo-ws-api.binance.com',
    'testnet.binancefuture.com',
  ],
  requiredHeader: null,
}

const RULES: Readonly<Record<CcxtId, Partial<Readonly<Record<CcxtEnvironment, EnvironmentRules>>>>> = {
  binanceusdm: {
    demo: BINANCE_DEMO,
    embedded: BINANCE_DEMO,
    live: {
      by: 'nothing',
      signedHosts: ['fapi.binance.com', 'api.binance.com'],
      publicHosts: ['fstream.binance.com'],
      otherHosts: [
        'dapi.binance.com',
        'eapi.binance.com',
        'papi.binance.com',
        'stream.binance.com',
        'dstream.binance.com',
        'nbstream.binance.com',
        'ws-api.binance.com',
        'ws-fapi.binance.com',
        'ws-dapi.binance.com',
      ],
      requiredHeader: null,
    },
  },
  bybit: {
    testnet: {
      by: 'sandbox',
      signedHosts: ['api-testnet.bybit.com'],
      publicHosts: ['stream-testnet.bybit.com'],
      otherHosts: [],
      requiredHeader: null,
    },
    // Its demo accounts trade on the live market's public data.
    demo: {
      by: 'demo',
      signedHosts: ['api-demo.bybit.com'],
      publicHosts: ['stream-demo.bybit.com', 'stream.bybit.com', 'api.bybit.com'],
      otherHosts: [],
      requiredHeader: null,
    },
    live: {
      by: 'nothing',
      signedHosts: ['api.bybit.com'],
      publicHosts: ['stream.bybit.com'],
      otherHosts: [],
      requiredHeader: null,
    },
  },
  okx: {
    demo: {
      by: 'sandbox',
      signedHosts: ['www.okx.com'],
      publicHosts: ['wspap.okx.com'],
      otherHosts: [],
      requiredHeader: ['x-simulated-trading', '1'],
    },
    live: {
      by: 'nothing',
      signedHosts: ['www.okx.com'],
      publicHosts: ['ws.okx.com'],
      otherHosts: [],
      requiredHeader: null,
    },
  },
}

/** `undefined`: the exchange has no such environment. */
export const environmentRules = (id: CcxtId, environment: CcxtEnvironment): EnvironmentRules | undefined =>
  RULES[id][environment]

/** The environments an exchange has, for sentences. */
export const environmentsOf = (id: CcxtId): readonly string[] => Object.keys(RULES[id])

/** What holds for an instance without keys: whatever is signed must go nowhere. */
export const keylessRules = (rules: EnvironmentRules): EnvironmentRules => ({
  ...rules,
  signedHosts: [],
  publicHosts: [...rules.signedHosts, ...rules.publicHosts],
})

/** Which of an exchange's systems tell the public data that an environment is traded on. */
export interface PublicSources {
  /** The market that orders meet: prices and candles. */
  readonly prices: CcxtEnvironment
  /** Open interest and the long/short ratio, with their history. */
  readonly statistics: CcxtEnvironment
}

/** The demo systems of Binance and OKX have no statistics; Bybit's demo accounts trade on the live market itself. */
export function publicSourcesOf(id: CcxtId, environment: CcxtEnvironment): PublicSources {
  if (environment !== 'demo') return { prices: environment, statistics: environment }
  return { prices: id === 'bybit' ? 'live' : environment, statistics: 'live' }
}
