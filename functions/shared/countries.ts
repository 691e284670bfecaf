/** The countries of ISO 3166-1, each with its two-letter code and then its three-letter code. */
const CODES =
  `ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH
  BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT
  BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB
  CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP
  ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB
  GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL
  ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM
  KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY
  MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT
  MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU
  NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT
  REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR
  SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS
  TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN
  VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE`.split(/\s+/)

const ALPHA_2 = new Set(CODES.map((codes) => codes.slice(0, 2)))

/** Names and abbreviations in common use that ICU does not give. */
const OTHER_NAMES = {
  'Cape Verde': 'CV',
  'Czech Republic': 'CZ',
  'Great Britain': 'GB',
  'Holy See': 'VA',
  'Ivory Coast': 'CI',
  Macau: 'MO',
  'Republic of Korea': 'KR',
  'Russian Federation': 'RU',
  'The Netherlands': 'NL',
  Turkey: 'TR',
  UAE: 'AE',
  'United States of America': 'US',
  'Viet Nam': 'VN',
} as const

/** Whether a text is one of the two-letter codes of ISO 3166-1, in any case. */
export const isCountryCode = (text: string) => ALPHA_2.has(text.toUpperCase())

/**
 * Finds a country by its two-letter or three-letter code or its English name. Case, accents and punctuation do
 * not matter.
 * @returns its two-letter code; undefined if the text could mean another country or none.
 */
export function countryCodeOf(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  if (ALPHA_2.has(code)) return code
  if (text.length > MAX_NAME_CHARACTERS) return undefined
  codeOfName ??= codesByName()
  return codeOfName.get(folded(text))
}

/** Longer than any name of a country. */
const MAX_NAME_CHARACTERS = 100

/** Made when it is first needed, because most senders write codes. */
let codeOfName: ReadonlyMap<string, string> | undefined

function codesByName(): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const style of ['long', 'short'] as const) {
    const display = new Intl.DisplayNames('en', { type: 'region', style, fallback: 'none' })
    for (const code of ALPHA_2) names.set(folded(display.of(code) ?? code), code)
  }
  for (const codes of CODES) names.set(folded(codes.slice(2)), codes.slice(0, 2))
  for (const [name, code] of Object.entries(OTHER_NAMES)) names.set(folded(name), code)
  return names
}

const folded = (name: string) =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/\bsaint\b/g, 'st')
    .replace(/[^a-z]/g, '')
