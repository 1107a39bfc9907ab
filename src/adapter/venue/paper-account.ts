import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { exactJson, parseExactJson } from '../../domain/exact-json.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { isOpen, type SavedExchange } from '../../exchange/saved.ts'
import type { Heard } from '../market-data/live-market.ts'

/** Simulated money between two processes: the account, and how far the market had gone when it was so. */
export interface PaperAccount {
  readonly exchange: SavedExchange
  /** By symbol. */
  readonly heard: Readonly<Record<string, Heard | null>>
}

export type ReadPaperAccount =
  | { readonly kind: 'ok'; readonly account: PaperAccount }
  | { readonly kind: 'none' }
  /** A sentence without a full stop. */
  | { readonly kind: 'refused'; readonly message: string }

/** Raised with every change that an older program could not read. */
const FORMAT = 1
const OWN_USER_ONLY = 0o600
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The account as it was last written: a line with its hash, and a line of its own. */
export function readPaperAccount(path: string, instruments: readonly Instrument[]): ReadPaperAccount {
  if (!existsSync(path)) return { kind: 'none' }
  const no = (why: string): ReadPaperAccount => ({ kind: 'refused', message: `the paper account in ${path} ${why}` })
  const [head = '', body = ''] = readFileSync(path, 'utf8').split('\n')
  let read: unknown
  try {
    read = JSON.parse(head)
  } catch {
    return no('cannot be read')
  }
  const { format, sha256 } = Object(read) as { readonly format?: unknown; readonly sha256?: unknown }
  if (format !== FORMAT) return no(`has format ${String(format)}; this program reads ${FORMAT}`)
  if (sha256 !== hashOf(body)) return no('is damaged: its hash is another one')
  // Ours to the last byte, by the hash: its shape needs no other check.
  const { exchange, heard } = parseExactJson(body, instruments) as PaperAccount
  const left = exchange.symbols.find(
    (each) => isOpen(each) && !instruments.some(({ symbol }) => symbol === each.symbol),
  )
  if (left !== undefined)
    return no(`has something open in ${left.symbol}, and exchange.pairs does not name it: name it until that is over`)
  const isListed = ({ instrument }: { readonly instrument: Instrument | null }): boolean => instrument !== null
  const { books, ended } = exchange
  const listed = { ...books, fills: books.fills.filter(isListed), fundings: books.fundings.filter(isListed) }
  return { kind: 'ok', account: { exchange: { ...exchange, books: listed, ended: ended.filter(isListed) }, heard } }
}

/**
 * Keeps an account in a file. What is written is there whole or not at all, also after a power cut; what is there already
 * is not written again. Throws where the disk does not take it.
 */
export function createPaperAccountFile(
  path: string,
  instruments: readonly Instrument[],
): (account: PaperAccount) => void {
  let written = ''
  return (account) => {
    const body = exactJson(account, instruments)
    const hash = hashOf(body)
    if (hash === written) return
    const draft = `${path}.new`
    const file = openSync(draft, 'w', OWN_USER_ONLY)
    try {
      writeFileSync(file, `${JSON.stringify({ format: FORMAT, sha256: hash })}\n${body}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
    written = hash
  }
}
