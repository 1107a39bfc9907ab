import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { ExchangeAddress } from './exchange-process.ts'

const FILE = 'exchange.json'
const OWN_USER_ONLY = 0o600

const address = z.object({
  origin: z.string(),
  streamOrigin: z.string(),
  control: z.string(),
  key: z.string(),
  secret: z.string(),
  instance: z.string(),
})

/** Says where the embedded exchange of an account is while it lives, so that `panic` gets there without the bot. */
export function writeExchangeFile(directory: string, at: ExchangeAddress): void {
  removeExchangeFile(directory)
  writeFileSync(join(directory, FILE), JSON.stringify(at), { mode: OWN_USER_ONLY })
}

/** `null`: none is running, or the file makes no sense. A bot that was killed leaves one of an exchange that is gone. */
export function readExchangeFile(directory: string): ExchangeAddress | null {
  try {
    const read = address.safeParse(JSON.parse(readFileSync(join(directory, FILE), 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

export const removeExchangeFile = (directory: string): void => rmSync(join(directory, FILE), { force: true })
