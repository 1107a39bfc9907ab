import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openMarketControl } from '../../src/adapter/clock/market-control.ts'
import { command, CONFIG_FILES, startLodestone, type Running } from './process.ts'
import { openRelay, type Relay } from './relay.ts'
import type { Account } from './truth.ts'

export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']

export interface World {
  readonly exchange: Running
  readonly account: Account
  readonly relay: Relay
  readonly directory: string
  readonly dataDir: string
  /** The bot of the moment, and which one it is. */
  readonly bot: Running
  readonly life: number
  startBot(more?: readonly string[]): Promise<void>
  /** Lets the market go on while no bot runs; market ms. */
  passTime(ms: number): Promise<void>
  /** Runs a command of the bot's account. */
  command(...args: readonly string[]): ReturnType<typeof command>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly seed: number
  readonly speed: number
  readonly balance: number
}

const LOOK_MS = 50
/** The exchange takes a moment to see that the one before is gone. */
const TRIES = 40

/** An exchange, a bot, and what stands between them. */
export async function openWorld({ seed, speed, balance }: WorldOptions): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'lodestone-soak-'))
  const dataDir = join(directory, 'data')
  mkdirSync(dataDir)
  const serve = ['exchange', 'serve', ...SYMBOLS, '--port', '0', '--speed', 'lock-step', '--accept-faults', '--json']
  const own = { XDG_STATE_HOME: join(directory, 'state') }
  const exchange = await startLodestone(
    [...serve, '--seed', String(seed), '--balance', String(balance)],
    own,
    join(directory, 'exchange.log'),
  )
  while (!exchange.out().includes('\n')) {
    if (!exchange.isAlive()) throw new Error(`the exchange ended: see ${directory}`)
    await sleep(LOOK_MS)
  }
  const account = JSON.parse(exchange.out()) as Account
  const relay = await openRelay(account.origin)
  const environment = {
    ...own,
    LODESTONE__DATA_DIR: dataDir,
    LODESTONE__EXCHANGE__URL: relay.origin,
    LODESTONE__EXCHANGE__KEY: account.key,
    LODESTONE__EXCHANGE__SECRET: account.secret,
  }
  const config = CONFIG_FILES.flatMap((file) => ['-c', file])
  const trade = ['trade', ...config, '--speed', String(speed), '--headless', '--json']
  const start = (more: readonly string[] = []): Promise<Running> =>
    startLodestone([...trade, ...more], environment, join(directory, 'bot.log'))
  const at = { bot: await start(), life: 1 }

  return {
    exchange,
    account,
    relay,
    directory,
    dataDir,
    get bot() {
      return at.bot
    },
    get life() {
      return at.life
    },
    async startBot(more) {
      at.bot.inspector.close()
      at.bot = await start(more)
      at.life += 1
    },
    async passTime(ms) {
      for (let tried = 0; tried < TRIES; tried++) {
        const opened = await openMarketControl(`${account.origin.replace('http', 'ws')}/control`)
        if (opened.kind === 'ok') {
          const { control } = opened
          for (let now = control.start; now < control.start + ms;) now = (await control.advance(control.start + ms)).now
          control.close()
          return
        }
        await sleep(LOOK_MS)
      }
      throw new Error('nobody hands over the time of the market')
    },
    command: (...args) => command(args, environment),
    async close() {
      at.bot.child.kill('SIGKILL')
      exchange.child.kill('SIGKILL')
      await Promise.all([at.bot.ended, exchange.ended])
      relay.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
