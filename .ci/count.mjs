// node .ci/count.mjs REPORT STATUS: prints "PASSED FAILED" for vitest's JSON report and the exit status of its run.
import { existsSync, readFileSync } from 'node:fs'

const [report, status] = process.argv.slice(2)
const {
  numPassedTests = 0,
  numFailedTests = 0,
  testResults = [],
} = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
// A file that could not even be loaded has no tests to fail.
const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
const failed = numFailedTests + unloadable
console.log(`${numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}`)
