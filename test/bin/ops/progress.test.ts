import { expect, test } from 'vitest'
import { type Screen, startProgress } from '../../../bin/cli/progress.ts'

function recordProgress(screen: Partial<Screen> = {}) {
  const written: string[] = []
  let now = 0
  const start = (total: number) =>
    startProgress(total, 'Rows', { ...screen, write: (text) => written.push(text) }, () => now)
  return {
    start,
    written,
    wait: (ms: number) => {
      now += ms
    },
  }
}

const CLEARED = '\r\u001b[K'

test('in a pipe there is a line at every tenth, and one at the end', () => {
  const { start, written } = recordProgress()
  const progress = start(2_000)
  for (let done = 1; done <= 700; done++) progress.to(done, 'on their way')
  progress.end('stopped.')
  expect(written).toEqual([
    'Rows: 10 %, 200 of 2,000  on their way\n',
    'Rows: 20 %, 400 of 2,000  on their way\n',
    'Rows: 30 %, 600 of 2,000  on their way\n',
    'Rows: stopped.\n',
  ])
})

test('on a terminal a bar is drawn over itself, ten times a second at most', () => {
  const { start, written, wait } = recordProgress({ isTTY: true, columns: 100 })
  const progress = start(4)
  progress.to(1, 'on their way')
  wait(99)
  progress.to(2, 'on their way')
  wait(1)
  progress.to(3, 'on their way')
  progress.end('all there.')
  expect(written).toEqual([
    `${CLEARED}Rows ██████░░░░░░░░░░░░░░░░░░ 25 %, 1 of 4  on their way`,
    `${CLEARED}Rows ██████████████████░░░░░░ 75 %, 3 of 4  on their way`,
    `${CLEARED}Rows: all there.\n`,
  ])
})

test.each([
  [100, 'Rows ███░░░░░░░░░░░░░░░░░░░░░ 12 %, 2,500 of 20,000  delivered 2,500, parked 0, accepted 20,000'],
  [80, 'Rows █░░░░░░░ 12 %, 2,500 of 20,000  delivered 2,500, parked 0, accepted 20,000'],
  [75, 'Rows 12 %, 2,500 of 20,000  delivered 2,500, parked 0, accepted 20,000'],
  [68, '12 %, 2,500 of 20,000  delivered 2,500, parked 0, accepted 20,000'],
  [60, 'delivered 2,500, parked 0, accepted 20,000'],
  [40, 'delivered 2,500, parked 0'],
  [10, 'delivered'],
])('at %i columns the bar shrinks first, and no figure is cut in half', (columns, line) => {
  const { start, written } = recordProgress({ isTTY: true, columns })
  start(20_000).to(2_500, 'delivered 2,500, parked 0, accepted 20,000')
  expect(written).toEqual([`${CLEARED}${line}`])
})

test('more than was to be done is all, and so is something of nothing', () => {
  const { start, written } = recordProgress()
  start(10).to(12, '')
  start(0).to(0, '')
  expect(written).toEqual(['Rows: 100 %, 12 of 10  \n', 'Rows: 100 %, 0 of 0  \n'])
})
