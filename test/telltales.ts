/** What no log line may ever hold: every made-up person, value, token and key of the tests is made of one of these. */
export const TELLTALES = /fixture-|cust-00|5fbd99bac125|key-of-the-braze|local-development-token/
