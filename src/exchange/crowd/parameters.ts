/** A leverage tier of the isolated traders and the share of their position openings it takes. */
export interface LeverageChoice {
  readonly leverage: number
  readonly share: number
}

/** How one symbol's market behaves. Rates are per hour, volatilities per square root of an hour, distances fractions. */
export interface SymbolParameters {
  /** The latent value is drawn back to this price, slowly enough that no hour shows it. */
  readonly price: number
  /** Of the latent value, before jumps and order flow. */
  readonly hourlyVolatility: number
  /** Share of the latent variance that all symbols have in common. */
  readonly commonShare: number
  /** Mean open interest the market settles at, base units. */
  readonly openInterest: number
  readonly halfSpread: number
  /** Traders of a livelier symbol take this share of the mix's leverage (at least 2). */
  readonly leverageRatio: number
  /** Positions of this symbol are held this share of the crowd's usual times. */
  readonly holdingRatio: number
  /** Volume that is not the modelled traders', per day, as a multiple of mean open interest. */
  readonly backgroundVolume: number
}

/** How the crowd behaves, the same for every symbol. */
export interface CrowdParameters {
  /** Mean number of traders; openings arrive at the rate that sustains it. */
  readonly traders: number
  /** By openings. Shares sum to 1. */
  readonly leverageMix: readonly LeverageChoice[]
  /** Of openings: cross margin, whose liquidation no price map shows. */
  readonly crossShare: number
  /** Of openings: hedged or unlevered. */
  readonly unleveredShare: number
  /** Mean holding of a position at 10x; it falls with leverage as (10 / leverage)^exponent. */
  readonly holdingHours: number
  readonly holdingExponent: number
  /** Mean holding of cross and unlevered positions. */
  readonly patientHoldingHours: number
  /** Mean time between two looks of a trader at the position. */
  readonly reviewHours: number
  /** Tail exponent of position sizes, and the largest as a multiple of the smallest. */
  readonly sizeExponent: number
  readonly sizeRange: number
  /** Sizes shrink with leverage as (10 / leverage)^this. */
  readonly sizeLeverageExponent: number
  /** Of openings: those who go with the trend; the rest goes against it. */
  readonly trendFollowers: number
  /** How strongly a trend of one hourly standard deviation tips the choice of side (log odds). */
  readonly trendLean: number
  /** Log odds of a long in a market without trend. */
  readonly longBias: number
  /** How strongly the sentiment shared by all symbols tips the choice (log odds per standard deviation). */
  readonly sentimentLean: number
  /** A position in trouble has lost this share of its way to liquidation. */
  readonly troubleRatio: number
  /** Odds at a review in trouble: close at a loss; else add half of the initial margin. */
  readonly cutOdds: number
  readonly addMarginOdds: number
  /** Profit over margin from which a position is closed twice as readily. */
  readonly takeProfitRatio: number
  /** Share of voluntary orders that rest in the book and so move nothing. */
  readonly passiveShare: number
  /** Base units that move the price by a factor e, as a multiple of mean open interest, in an average hour. */
  readonly depth: number
  /** A forced order moves the price this much more than a voluntary one. */
  readonly forcedImpact: number
  /** Share of voluntary orders' impact that stays; the rest, and all of forced orders', decays with the time constant. */
  readonly permanentImpact: number
  readonly impactDecayMinutes: number
  /** A dislocation of this size decays twice as fast; buyers of dislocations come faster than in proportion. */
  readonly dislocation: number
  /** Log-volatility: independent factors, each with a time constant and a standard deviation. */
  readonly volatilityFactors: readonly {
    readonly hours: number
    readonly deviation: number
    readonly common: boolean
  }[]
  readonly dailySwing: number
  readonly weekendRatio: number
  readonly jumpsPerDay: number
  /** Mean absolute size in hourly volatilities (exponential). */
  readonly jumpSize: number
  readonly jumpCommonShare: number
  /** Time a jump takes to play out. */
  readonly jumpSeconds: number
  readonly reversionDays: number
  /** Premium of the perpetual over the index: mean, noise, and what an unbalanced crowd adds per unit of imbalance. */
  readonly premiumMean: number
  readonly premiumDeviation: number
  readonly premiumImbalance: number
  readonly premiumHours: number
  /** Share of decaying impact that the spot market follows. */
  readonly spotFollows: number
}

/**
 * Calibrated against hourly Bybit data of 2021–2025 (scripts/stylised-facts.ts prints the comparison). The mix of
 * leverages, the share no price map shows (about half of open interest) and the holding times are deliberately none of
 * the estimator's assumptions: a model must not be validated on a market made in its image.
 */
export const defaultCrowdParameters: CrowdParameters = {
  traders: 6_000,
  leverageMix: [
    { leverage: 3, share: 0.17 },
    { leverage: 5, share: 0.15 },
    { leverage: 8, share: 0.12 },
    { leverage: 10, share: 0.18 },
    { leverage: 15, share: 0.1 },
    { leverage: 20, share: 0.1 },
    { leverage: 25, share: 0.08 },
    { leverage: 40, share: 0.03 },
    { leverage: 50, share: 0.03 },
    { leverage: 75, share: 0.015 },
    { leverage: 100, share: 0.02 },
    { leverage: 125, share: 0.005 },
  ],
  crossShare: 0.32,
  unleveredShare: 0.2,
  holdingHours: 48,
  holdingExponent: 0.8,
  patientHoldingHours: 60,
  reviewHours: 5,
  sizeExponent: 1.5,
  sizeRange: 500,
  sizeLeverageExponent: 0.3,
  trendFollowers: 0.58,
  trendLean: 0.35,
  longBias: 0.28,
  sentimentLean: 0.25,
  troubleRatio: 0.6,
  cutOdds: 0.3,
  addMarginOdds: 0.12,
  takeProfitRatio: 0.6,
  passiveShare: 0.5,
  depth: 4,
  forcedImpact: 1.15,
  permanentImpact: 0.35,
  impactDecayMinutes: 20,
  dislocation: 0.008,
  volatilityFactors: [
    { hours: 1.5, deviation: 0.2, common: true },
    { hours: 18, deviation: 0.27, common: true },
    { hours: 240, deviation: 0.2, common: true },
    { hours: 6, deviation: 0.2, common: false },
  ],
  dailySwing: 0.4,
  weekendRatio: 0.75,
  jumpsPerDay: 0.3,
  jumpSize: 2,
  jumpCommonShare: 0.7,
  jumpSeconds: 30,
  reversionDays: 45,
  premiumMean: -0.0003,
  premiumDeviation: 0.0003,
  premiumImbalance: 0.002,
  premiumHours: 12,
  spotFollows: 0.8,
}

/** Parameters of a symbol the crowd knows; `undefined` for others. */
export const defaultSymbolParameters = (symbol: string): SymbolParameters | undefined => SYMBOLS[symbol]

const SYMBOLS: Readonly<Record<string, SymbolParameters>> = {
  BTCUSDT: {
    price: 60_000,
    hourlyVolatility: 0.0049,
    commonShare: 0.8,
    openInterest: 20_000,
    halfSpread: 0.00005,
    leverageRatio: 1,
    holdingRatio: 1,
    backgroundVolume: 1.5,
  },
  ETHUSDT: {
    price: 3_000,
    hourlyVolatility: 0.0067,
    commonShare: 0.7,
    openInterest: 220_000,
    halfSpread: 0.0001,
    leverageRatio: 0.7,
    holdingRatio: 0.75,
    backgroundVolume: 1.2,
  },
  SOLUSDT: {
    price: 150,
    hourlyVolatility: 0.0096,
    commonShare: 0.55,
    openInterest: 2_200_000,
    halfSpread: 0.0002,
    leverageRatio: 0.5,
    holdingRatio: 0.45,
    backgroundVolume: 1.6,
  },
}
