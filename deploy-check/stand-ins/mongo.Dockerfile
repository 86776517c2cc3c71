FROM docker.io/library/debian:bookworm-slim
COPY secantusd-rs /usr/local/bin/secantusd-rs
COPY mongod /usr/local/bin/mongod
