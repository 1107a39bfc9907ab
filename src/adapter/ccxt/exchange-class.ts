import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type ccxt from 'ccxt'
import type { CcxtId } from './environment.ts'

type ExchangeClass = (typeof ccxt.pro)[CcxtId]

/**
 * The one class that is needed. The package's entry loads all hundred exchanges, which takes 70 MB and a quarter of a
 * second; it exports no path to a single one, so that its file is found beside the entry. The version is pinned.
 */
export async function loadExchangeClass(id: CcxtId): Promise<ExchangeClass> {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve('ccxt'))
  const module: { readonly default: ExchangeClass } = await import(new URL(`../js/src/pro/${id}.js`, entry).href)
  return module.default
}
