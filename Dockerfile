# The exporter, without build step: Node strips types. Runs as a user without rights on a read-only root; only /data is written.
FROM node:26-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM gcr.io/distroless/nodejs26-debian12:nonroot
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY src src
USER 65532:65532
VOLUME /data
EXPOSE 9876
ENTRYPOINT ["/nodejs/bin/node", "src/main.ts", "serve"]
CMD ["--config", "/etc/plimsoll/plimsoll.yaml", "--listen", "0.0.0.0:9876", "--data", "/data"]
