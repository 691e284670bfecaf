/** Whether the long forms of the slow tests run: `npm run test:all` sets PROOF=long. */
export const LONG = process.env.PROOF === 'long'
