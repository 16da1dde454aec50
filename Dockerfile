# The exporter, without build step: Node strips types. Runs as a user without rights on a read-only root; only /data is written.
FROM node:26-trixie-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# /data is made here, as the second image has no shell: a new volume takes its owner from it.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && mkdir /data

FROM gcr.io/distroless/nodejs26-debian13:nonroot
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY --from=modules --chown=65532:65532 /data /data
COPY package.json ./
COPY src src
COPY alerts alerts
COPY dashboards dashboards
# As bin/plimsoll: little room for new objects, and one arena of malloc for all threads.
ENV NODE_OPTIONS=--max-semi-space-size=2 MALLOC_ARENA_MAX=1
USER 65532:65532
VOLUME /data
EXPOSE 9876
ENTRYPOINT ["/nodejs/bin/node", "src/main.ts", "serve"]
CMD ["--config", "/etc/plimsoll/plimsoll.yaml", "--listen", "0.0.0.0:9876", "--data", "/data"]
