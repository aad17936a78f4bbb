/** SNS' GetTopicAttributes over the Query protocol (API Reference, 2010-03-31). */
import type { GeneralRefusal, Service } from "../service.ts";
import type { WireResponse } from "../wire.ts";
import type { DeployedEngine } from "./deployed-engine.ts";

const XMLNS = "http://sns.amazonaws.com/doc/2010-03-31/";
const REFUSALS: Readonly<Record<GeneralRefusal, readonly [status: number, code: string, message: string]>> = {
  "access-denied": [403, "AuthorizationError", "User is not authorized to perform: SNS:GetTopicAttributes"],
  "clock-skew": [403, "SignatureDoesNotMatch", "Signature expired: the request's time is too far off"],
  "expired-credentials": [403, "ExpiredToken", "The security token included in the request is expired"],
  "internal-error": [500, "InternalError", "An internal error occurred"],
  "missing-credentials": [403, "MissingAuthenticationToken", "Request is missing Authentication Token"],
  throttled: [400, "Throttling", "Rate exceeded"],
  unavailable: [503, "ServiceUnavailable", "Service is unavailable"],
};

export function topicsService(engine: DeployedEngine): Service {
  return {
    name: "sns",
    operationOf: ({ body }) =>
      parametersOf(body).get("Action") === "GetTopicAttributes" ? "GetTopicAttributes" : undefined,
    answer({ body }, requestId) {
      const asked = parametersOf(body);
      const surplus = [...asked.keys()].find((key) => !["Action", "Version", "TopicArn"].includes(key));
      if (asked.get("Action") !== "GetTopicAttributes" || surplus !== undefined)
        return refusal(400, "InvalidAction", "The action or one of its parameters is not known", requestId);
      const topic = engine.of("AWS::SNS::Topic").find(({ arn }) => arn === asked.get("TopicArn"));
      if (topic === undefined) return refusal(404, "NotFound", "Topic does not exist", requestId);
      const all = engine.of("AWS::SNS::Subscription").length;
      const attributes = {
        TopicArn: topic.arn,
        DisplayName: String(topic.properties.DisplayName ?? ""),
        SubscriptionsConfirmed: String(engine.confirmed),
        SubscriptionsPending: String(Math.max(0, all - engine.confirmed)),
        SubscriptionsDeleted: "0",
      };
      const entries = Object.entries(attributes)
        .map(([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`)
        .join("");
      const answer = `<GetTopicAttributesResponse xmlns="${XMLNS}"><GetTopicAttributesResult><Attributes>${entries}</Attributes></GetTopicAttributesResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetTopicAttributesResponse>`;
      return { status: 200, headers: [["Content-Type", "text/xml"]], body: answer };
    },
    refuse: (general, requestId) => refusal(...REFUSALS[general], requestId),
  };
}

const parametersOf = (body: Uint8Array) => new URLSearchParams(new TextDecoder().decode(body));

function refusal(status: number, code: string, message: string, requestId: string): WireResponse {
  const body = `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers: [["Content-Type", "text/xml"]], body };
}
