/** Keys that other bots know and that are refused by name, because their meaning is a trap. */
const STOPLOSS = {
  code: 'ambiguous_key',
  hint: 'The stop stands behind its cluster: see section stop. Its distance is limited by stop.max_distance_pct (percent of price), the loss by sizing.risk_per_trade_pct (percent of equity)',
}

/** What a key of an exchange is called where; none of these may stand in a file that is copied and committed. */
const SECRET_KEY = /^(api_?)?(key|secret|password|passphrase)$/i
const SECRET_SECTIONS: readonly string[] = ['', 'exchange']

/** `section` is dotted; empty at the top level. */
export function rejectedKey(
  key: string,
  section: string,
): { readonly code: string; readonly what: string; readonly hint: string } | undefined {
  if (SECRET_SECTIONS.includes(section) && SECRET_KEY.test(key)) {
    return {
      code: 'secret_in_file',
      what: `"${key}" is a secret and is never read from a configuration file: those are copied, shown and committed`,
      hint: 'Set LODESTONE__EXCHANGE__KEY, LODESTONE__EXCHANGE__SECRET and, where the exchange has one, LODESTONE__EXCHANGE__PASSWORD in the environment, or in a file given with --secrets. If this file was ever shared, make a new key',
    }
  }
  if (!/^stop_?loss(_(pct|ratio|percent))?$/.test(key)) return undefined
  const what = `"${key}" does not say of what: at 10× leverage, 10 % of the margin is 1 % of the price`
  return { ...STOPLOSS, what }
}
