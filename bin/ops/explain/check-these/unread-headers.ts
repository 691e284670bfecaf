import { type Field, HEADERS } from '../../../../functions/receiver/aliases.ts'
import type { RowErrorCode } from '../../../../functions/receiver/row-errors.ts'
import { isObject, type Json } from '../../../../functions/shared/json.ts'
import { isTime } from './dates.ts'
import { columnSetting, hasAudience, hasField, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'
import { isTypingError, plainHeader } from './words.ts'

const plain = (names: string) => names.trim().split(/\s+/).map(plainHeader)

/** Headers that other exporters use for the person, the likeliest first. */
const PERSON = plain(`
  external_ids customer_ids user_ids consumer_ids external_user_id external_customer_id externalid_c ext_id external_key
  customer_key user_key customer_number customer_no customer_nr customer_num cust_id custid cust_no customerid_c
  subscriber_key subscriber_id contact_key contact_id contactkey member_id member_key membership_id person_id
  person_key profile_id profile_key individual_id client_id client_number client_no client_key account_id crm_id
  crm_key shopper_id guest_id visitor_id party_id party_key household_id golden_id golden_record_id master_id mdm_id
  unified_id distinct_id identity_id patron_id patient_id kunden_id kundennummer kundennr kunden_nr kundenid
  benutzer_id mitgliedsnummer id_client id_clients numero_client num_client no_client code_client identifiant
  id_cliente cliente_id numero_cliente codigo_cliente id_usuario usuario_id klant_id klantnummer kundnummer kund_id
  uid uuid guid user customer consumer client subscriber person contact member id _id
`)

/** Each also in the plural. `id` in the name makes the meaning clear, whatever the values are. */
const AUDIENCE_IDS = plain(`
  audience_ids segment_ids cohort_id cohort_ids audience_key audience_code audience_number audience_no audience_uuid
  segment_key segment_code segment_number segment_no segment_uuid id_audience id_segment target_group_id list_id
  zielgruppen_id zielgruppe_id segmento_id audiencia_id id_audiencia id_segmento aiq_audience_ids aiq_segment_ids
  aiq_audience aiq_audience_key actioniq_audience_id actioniq_segment_id aiq_audience_number
`)

/** These count only with ids as values, because a customer may have a segment of another kind. */
const AUDIENCES = plain(`
  audience audiences segment segments cohort cohorts target_group zielgruppe zielgruppen segmento segmentos audiencia
  audience_list segmentation doelgroep publico
`)

const SPLITS = plain(
  'split splits split_ids split_number split_no split_key aiq_split aiq_split_ids split_group_id',
)

/** The likeliest first. They count only if all values are times. */
const TIMES = plain(`
  event_timestamp event_ts event_datetime event_date event_date_time event_at event_created_at occurred_at occured_at
  happened_at time_of_event event_times timestamps timestamp_utc utc_timestamp timestamp_ms time_ms timestampms ts ts_ms
  datetime date_time date_and_time date datum fecha client_timestamp server_timestamp recorded_at logged_at tracked_at fired_at
  triggered_at received_at created_at created_on created created_time creation_date date_created transaction_date
  transaction_time order_date purchased_at purchase_date order_time zeitpunkt zeitstempel ereigniszeit
  fecha_hora fecha_evento horodatage date_evenement data_evento
`)

const EVENT_NAMES = plain(`
  event_names event_type event_key event_title event_label event_code eventtype_name name_of_event event_description
  ereignis ereignisname evenement nom_evenement evento nombre_evento nome_evento
`)

/** Ordinary words, which mean the name of an event only if every row is an event. */
const EVENT_WORDS = plain('action activity type events kind')

const PROPERTIES = plain(`
  property props prop params parameters attributes attrs payload event_props event_property event_params event_data
  event_attributes event_payload eigenschaften proprietes propiedades
`)

const isId = (value: Json) =>
  /^(?:\d+(?:\.0+)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i.test(String(value).trim())

const isPropertiesText = (value: Json) => typeof value === 'string' && /^\s*\{[\s\S]*\}\s*$/.test(value)

/** A field that a request may lack, and how to find the column that may be meant for it. */
type FieldToFind = {
  field: Field
  /** The header to rename it to. */
  header: string
  /** Whether the request lacks it. */
  isMissing: (request: SentRequest) => boolean
  impact: (request: SentRequest) => string
  /** The groups of headers, the likeliest first, each with what every value must be. */
  likely: (
    request: SentRequest,
  ) => readonly { headers: readonly string[]; values?: (value: Json) => boolean }[]
  /** What every value must be if the header may be a typing error. */
  values?: (value: Json) => boolean
}

const isWithout = ({ reading }: SentRequest, ...codes: RowErrorCode[]) =>
  reading.refusals.some((refusal) => codes.some((code) => code === refusal.code))

const lacksPerson = (request: SentRequest) =>
  !hasField(request, 'external id') &&
  !hasField(request, 'braze id') &&
  isWithout(request, 'IDENTIFIER_MISSING')

const hasEvents = ({ reading, endpoint }: SentRequest) => reading.events > 0 || endpoint === 'events'

const hasProfiles = (request: SentRequest) =>
  request.rows.some(({ record }) => record?.type === 'profile') ||
  isWithout(request, 'OP_WITHOUT_AUDIENCE', 'SPLIT_WITHOUT_AUDIENCE')

const isProperties = (value: Json) => isObject(value) || isPropertiesText(value)

const FIELDS_TO_FIND: readonly FieldToFind[] = [
  {
    field: 'external id',
    header: 'external_id',
    isMissing: lacksPerson,
    impact: () => 'No column identifies the person, so no row can be used',
    likely: () => [{ headers: PERSON }],
  },
  {
    field: 'audience',
    header: 'audience_id',
    isMissing: (request) =>
      request.endpoint !== 'events' &&
      (hasProfiles(request) || lacksPerson(request)) &&
      !hasAudience(request) &&
      !hasField(request, 'membership'),
    impact: () => 'No column names an audience, so nobody enters or leaves one',
    likely: () => [{ headers: AUDIENCE_IDS }, { headers: AUDIENCES, values: isId }],
  },
  {
    field: 'split',
    header: 'split_id',
    isMissing: (request) => hasField(request, 'audience') && !hasField(request, 'split'),
    impact: ({ connection }) =>
      `No column names a split, so every membership is written to split ${connection.defaultSplitId}`,
    likely: () => [{ headers: SPLITS, values: isId }],
  },
  {
    field: 'time',
    header: 'time',
    isMissing: (request) =>
      hasEvents(request) &&
      !hasField(request, 'time') &&
      !hasField(request, 'exported') &&
      request.reading.times === undefined,
    impact: () => 'No column says when the events happened, so they get the time at which they are received',
    likely: () => [{ headers: TIMES, values: isTime }],
    values: isTime,
  },
  {
    field: 'event name',
    header: 'event_name',
    isMissing: (request) =>
      (request.endpoint === 'events' || request.endpoint === 'records') &&
      request.reading.events === 0 &&
      !hasField(request, 'event name') &&
      !hasField(request, 'name'),
    impact: ({ endpoint }) =>
      endpoint === 'events'
        ? 'No column names the event, so no row can be used'
        : 'No column names an event, so these rows change profiles and record no event',
    likely: ({ endpoint }) => [
      { headers: EVENT_NAMES },
      ...(endpoint === 'events' ? [{ headers: EVENT_WORDS }] : []),
    ],
  },
  {
    field: 'properties',
    header: 'properties',
    isMissing: (request) => hasEvents(request) && !hasField(request, 'properties'),
    impact: () => 'The column holds an object, which becomes one property with an object as its value',
    likely: () => [{ headers: PROPERTIES, values: isProperties }],
    values: isProperties,
  },
  {
    field: 'event id',
    header: 'event_id',
    isMissing: (request) => hasEvents(request) && !hasField(request, 'event id'),
    impact: () => 'No column identifies the events, so repetitions are recognised by their time only',
    likely: () => [],
  },
  {
    field: 'run',
    header: 'run_id',
    isMissing: (request) => !hasField(request, 'run'),
    impact: () => 'No column names the run, so the rows cannot be followed by it',
    likely: () => [],
  },
]

/** Real words that are one letter from a header. */
const OTHER_WORDS = new Set(plain('agent_id store_id expert_id used_id users plan_id urn_id events_id'))

const mayBeMeant = ({ readAs, rule, values }: SentColumn) =>
  rule.rename === undefined &&
  values.length > 0 &&
  readAs.some((read) => read === 'attribute' || read === 'property' || read === 'name')

/** Finds columns that may be meant for a field that the request lacks. */
export function unreadHeaders(request: SentRequest): Warning[] {
  if (request.isTrack) return []
  const open = request.columns
    .filter((column) => column.isSettable && mayBeMeant(column))
    .map((column) => ({ column, plain: plainHeader(column.name) }))
  const taken = new Set<SentColumn>()
  return FIELDS_TO_FIND.filter(({ isMissing }) => isMissing(request)).flatMap((missing) => {
    const free = open.filter(({ column }) => !taken.has(column))
    const column = bestMatch(free, missing, missing.likely(request))
    if (!column) return []
    taken.add(column)
    return [warning(column, missing, request)]
  })
}

function warning(column: SentColumn, { field, header, impact }: FieldToFind, request: SentRequest): Warning {
  const isText = field === 'properties' && column.values.some(isPropertiesText)
  return {
    code: 'HEADER_NOT_READ',
    column: column.column,
    rows: column.values.length,
    message: `${impact(request)}. This column may be meant as "${header}", but the bridge does not know its header, and reads it as ${article(column)}. If it is, rename it to "${header}".`,
    ...columnSetting(column, { rename: header, ...(isText && { type: 'json' as const }) }),
  }
}

const article = ({ readAs }: SentColumn) => (readAs.includes('property') ? 'a property' : 'an attribute')

type Candidate = { column: SentColumn; plain: string }

function bestMatch(
  open: readonly Candidate[],
  { field, values: ofTypo }: FieldToFind,
  likely: ReturnType<FieldToFind['likely']>,
): SentColumn | undefined {
  const isFull = ({ values }: SentColumn, passes: (value: Json) => boolean = () => true) =>
    values.every(passes)
  const known = HEADERS[field].map(plainHeader)
  const typo = open.find(
    ({ column, plain }) =>
      !OTHER_WORDS.has(plain) &&
      known.some((header) => plain === header || isTypingError(plain, header)) &&
      isFull(column, ofTypo),
  )
  if (typo) return typo.column
  for (const { headers, values } of likely)
    for (const header of headers) {
      const match = open.find(({ column, plain }) => plain === header && isFull(column, values))
      if (match) return match.column
    }
  return undefined
}

/** Whether a header may be meant for the person. */
export function mayNamePerson(header: string): boolean {
  const given = plainHeader(header)
  return (
    PERSON.includes(given) ||
    HEADERS['external id'].map(plainHeader).some((known) => given === known || isTypingError(given, known))
  )
}
